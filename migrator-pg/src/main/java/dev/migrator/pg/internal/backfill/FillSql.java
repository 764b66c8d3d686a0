package dev.migrator.pg.internal.backfill;

import dev.migrator.QualifiedName;
import dev.migrator.plan.Action;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a backfill asks of one table or partition. The table goes by its own name, as the action's expressions expect, a
 * partition by its table's.
 */
public final class FillSql {
    private final String relation;
    private final String alias;
    private final String assignments;
    private final String pending;
    private final String lock;

    /** Makes the statements for a table or partition none of whose keys are filled. */
    public FillSql(Action.Backfill backfill, QualifiedName leaf) {
        this(backfill, leaf, "FOR NO KEY UPDATE");
    }

    /** Makes the statements for a table or partition. */
    FillSql(Action.Backfill backfill, Leaf leaf) {
        this(backfill, leaf.name(), fillsKey(backfill, leaf) ? "FOR UPDATE" : "FOR NO KEY UPDATE");
    }

    private FillSql(Action.Backfill backfill, QualifiedName leaf, String lock) {
        this.relation = "ONLY " + leaf.quoted();
        this.alias = backfill.table().name().quoted();
        this.assignments = backfill.assignments();
        this.pending = backfill.pending();
        this.lock = lock;
    }

    /** Whether a column is written that somebody may just refer to. To be wrong costs a lock that is stronger than need be. */
    private static boolean fillsKey(Action.Backfill backfill, Leaf leaf) {
        return leaf.referable().stream()
                .anyMatch(column -> backfill.assignments().contains(column.quoted() + " = "));
    }

    String alias() {
        return alias;
    }

    /** The table with its alias, as after {@code FROM}. */
    String from() {
        return relation + " AS " + alias;
    }

    /** The condition on a row in a range that still has to be filled, but for some that can't be. */
    String isPending(TidRange range, List<String> except) {
        return range.condition(alias + ".ctid") + " AND " + isPending(except);
    }

    /** The condition on a row that still has to be filled. */
    String isPending() {
        return "(" + pending + "\n)";
    }

    /** The same, as the plan says it. */
    String pending() {
        return pending;
    }

    private String isPending(List<String> except) {
        String condition = isPending();
        if (except.isEmpty()) {
            return condition;
        }
        String places = except.stream().map(place -> '"' + place + '"').collect(Collectors.joining(",", "'{", "}'"));
        return condition + " AND NOT " + alias + ".ctid = ANY (" + places + "::pg_catalog.tid[])";
    }

    /**
     * The UPDATE that fills one stripe of a range. Rows that somebody has locked are left out, so it waits for nobody; which
     * rows, is decided once, before the first is written, so that no row's new version is met again.
     *
     * @param range the places
     * @param stripes how many stripes the range has
     * @param stripe which one, from 0: every so many-th line of a page, so that each page gives about as many rows to each
     * @param except places to leave out
     */
    public String update(TidRange range, int stripes, int stripe, List<String> except) {
        String rows = isPending(range, except);
        if (stripes > 1) {
            // The line is known without reading the row, so it is asked for first.
            rows = range.condition(alias + ".ctid") + " AND CASE WHEN pg_catalog.get_byte(pg_catalog.tidsend(" + alias
                    + ".ctid), 5) % " + stripes + " = " + stripe + " THEN " + isPending(except) + " ELSE false END";
        }
        return """
                UPDATE %s SET %s
                WHERE %s.ctid = ANY (ARRAY(
                    SELECT %s.ctid FROM %s
                    WHERE %s
                    %s SKIP LOCKED))"""
                .formatted(from(), assignments, alias, alias, from(), rows, lock);
    }

    /** The UPDATE that fills one row, for which it waits if somebody has it. */
    String updateOne(TidRange place) {
        return "UPDATE " + from() + " SET " + assignments + "\nWHERE " + isPending(place, List.of());
    }

    /** The query for the places of a range's pending rows: {@code block} and {@code line}. */
    String places(TidRange range, List<String> except, int most) {
        String place = "(" + alias + ".ctid::pg_catalog.text::pg_catalog.point)";
        return "SELECT " + place + "[0]::pg_catalog.int8 AS block, " + place + "[1]::pg_catalog.int8 AS line FROM "
                + from() + " WHERE " + isPending(range, except) + " LIMIT " + most;
    }

    /** The query for how many rows of a range are pending. */
    String count(TidRange range, List<String> except) {
        return "SELECT pg_catalog.count(*) AS n FROM " + from() + " WHERE " + isPending(range, except);
    }
}
