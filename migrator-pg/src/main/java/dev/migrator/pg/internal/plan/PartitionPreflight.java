package dev.migrator.pg.internal.plan;

import dev.migrator.pg.internal.catalog.ColumnInfo;
import dev.migrator.pg.internal.catalog.Partitions;
import dev.migrator.pg.internal.catalog.Partitions.Own;
import dev.migrator.pg.internal.catalog.TableInfo;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What can't be done to a partitioned table. Every statement names the table itself, and PostgreSQL passes it on to all
 * partitions: columns, constraints, triggers. So what a partition has for itself, and PostgreSQL would not bring back, is
 * refused; and so are more partitions than can be locked and changed within the budget.
 */
final class PartitionPreflight {
    /** Measured: 300 partitions, 302 ms with one renaming, 618 ms with four operations. */
    private static final double MILLIS_A_PARTITION = 0.75;

    private static final double MILLIS_MORE_AN_OPERATION = 0.25;
    /** Half of what the statements under a lock may take. */
    private static final int MOST_MILLIS = 500;

    private static final int NOTICEABLE_MILLIS = 100;
    private static final int MOST_NAMED = 5;

    private final TableInfo table;
    private final Findings findings;

    PartitionPreflight(TableInfo table, Findings findings) {
        this.table = table;
        this.findings = findings;
    }

    /** Whether anything at all can be done to it. */
    boolean passes(String key) {
        boolean near = own(
                key,
                Partitions.Kind.FOREIGN,
                "its rows are in another database.",
                "DETACH it first, or move its rows into a table of this database.");
        boolean owned = own(
                key,
                Partitions.Kind.NOT_OWNED,
                "this role has not that role's rights.",
                "ALTER TABLE … OWNER TO the owner of the partitioned table.");
        boolean whole = own(
                key,
                Partitions.Kind.DETACHING,
                "PostgreSQL refuses to change the table meanwhile.",
                "ALTER TABLE … DETACH PARTITION … FINALIZE.");
        return near && owned && whole;
    }

    /** Whether all partitions can be changed while the application waits. */
    void forBudget(String key, int operations) {
        int partitions = table.partitions().count();
        long millis = Math.round(partitions * (MILLIS_A_PARTITION + MILLIS_MORE_AN_OPERATION * operations));
        String message =
                name() + " has " + partitions + " partitions, all of which are locked and changed at once: reads and"
                        + " writes would wait for about " + millis
                        + " ms in EXPAND, CONTRACT and PURGE, and as long for one that"
                        + " somebody holds";
        if (millis > MOST_MILLIS) {
            findings.refuse(
                    key,
                    message + "; at most " + MOST_MILLIS + " ms are permitted.",
                    "Fewer operations in one migration take less. Merge partitions, or drop old ones, or detach them"
                            + " (CONCURRENTLY) for good: with other columns they can't be attached again.");
        } else if (millis > NOTICEABLE_MILLIS) {
            findings.warn(key, message + ".", "Fewer operations in one migration take less.");
        }
    }

    /** What the sync of two shapes can't bear. */
    void forSync(String key) {
        own(
                key,
                Partitions.Kind.TRIGGER,
                "triggers are made anew, and put in order with the sync triggers, on the whole table only.",
                "Make the trigger one of the partitioned table, enabled alike on all partitions, or drop it.");
        own(
                key,
                Partitions.Kind.ROW_SECURITY,
                "the backfill would not see every row.",
                "Run as a role with BYPASSRLS, or ALTER TABLE … NO FORCE ROW LEVEL SECURITY for the time.");
    }

    /** Whether a column can leave its place. */
    void forColumn(String key, ColumnInfo column) {
        if (column.partitionKey()) {
            findings.refuse(
                    key,
                    name() + "." + column.name().quoted()
                            + " says in which partition a row is (the table, or a partition"
                            + " of it, is partitioned by it).",
                    "PostgreSQL can't change a partition key: copy the rows into a table that is partitioned otherwise.");
        }
        refuse(
                key,
                own -> own.columns().contains(column.number()),
                "which is of that partition alone and would not be there on another column.",
                "Drop it, or make it one of the partitioned table, first.");
        if (table.isPartitioned() && !column.identity().isEmpty()) {
            findings.refuse(
                    key,
                    column.name().quoted()
                            + " is an identity column of a partitioned table, whose numbers can't be carried"
                            + " to another column.",
                    "ALTER TABLE … ALTER COLUMN … DROP IDENTITY first; a default may give the numbers.");
        }
    }

    /** Whether NULL can be forbidden in a column, and a rollback can permit it again. */
    void forNotNull(String key, ColumnInfo column) {
        refuse(
                key,
                own -> own.kind() == Partitions.Kind.NOT_NULL && own.columns().contains(column.number()),
                "which a rollback would take away as well.",
                "DROP NOT NULL there first.");
    }

    /** Whether this, which works on ordinary tables only, is refused. */
    boolean refuses(String key, String what, String remedy) {
        if (table.isPartitioned()) {
            findings.refuse(key, name() + " is a partitioned table, on which this version can't " + what + ".", remedy);
        }
        return table.isPartitioned();
    }

    private boolean own(String key, Partitions.Kind kind, String why, String remedy) {
        return refuse(key, own -> own.kind() == kind, why, remedy);
    }

    private boolean refuse(String key, Predicate<Own> kind, String why, String remedy) {
        List<String> found = table.partitions().own().stream()
                .filter(kind)
                .map(Own::description)
                .toList();
        if (!found.isEmpty()) {
            String more = found.size() > MOST_NAMED ? " and " + (found.size() - MOST_NAMED) + " more" : "";
            findings.refuse(
                    key,
                    "of the partitions of " + name() + ": "
                            + found.stream().limit(MOST_NAMED).collect(Collectors.joining(", ")) + more + "; " + why,
                    remedy);
        }
        return found.isEmpty();
    }

    private String name() {
        return table.name().quoted();
    }
}
