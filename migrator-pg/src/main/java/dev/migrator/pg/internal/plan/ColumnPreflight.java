package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.pg.internal.catalog.ColumnInfo;
import dev.migrator.pg.internal.catalog.ConstraintInfo;
import dev.migrator.pg.internal.catalog.Dependent;
import dev.migrator.pg.internal.catalog.IndexInfo;
import dev.migrator.pg.internal.catalog.SourceText;
import dev.migrator.pg.internal.catalog.TableInfo;
import dev.migrator.pg.internal.catalog.TriggerInfo;
import dev.migrator.plan.Finding;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Whether columns are there, are free, and can be retired. */
final class ColumnPreflight {
    private final Workspace workspace;
    private final TableWork work;
    private final String path;

    ColumnPreflight(Workspace workspace, TableWork work, String path) {
        this.workspace = workspace;
        this.work = work;
        this.path = path;
    }

    /** An existing column; empty, with a finding, if there is none. */
    Optional<ColumnInfo> existing(String key, Identifier name) {
        Optional<ColumnInfo> column = work.table().column(name);
        if (column.isEmpty()) {
            workspace.afterwards(() -> missing(key, name));
        }
        return column;
    }

    private void missing(String key, Identifier name) {
        if (work.newNames().contains(name)) {
            refuse(
                    key,
                    work.name().quoted() + "." + name.quoted()
                            + " is added by another operation of this migration, which this one can't change as well.",
                    "Put this operation into a second migration, to run after PURGE of this one.");
        } else {
            List<String> names = work.table().columns().stream()
                    .map(info -> info.name().value())
                    .toList();
            refuse(
                    key,
                    "table " + work.name().quoted() + " has no column " + name.quoted() + ".",
                    "It has: " + String.join(", ", names) + ".");
        }
    }

    /** Whether a name for a new column is free; notes it as taken from now on. */
    boolean isFree(String key, Identifier name) {
        boolean taken =
                work.table().column(name).isPresent() || !work.newNames().add(name);
        if (taken) {
            workspace
                    .findings()
                    .refuse(
                            path + "." + key,
                            "table " + work.name().quoted() + " has a column " + name.quoted() + " already.",
                            "Choose another name.");
        }
        return !taken;
    }

    /**
     * Whether a column can leave its place.
     *
     * @param nameStays whether a new column takes over its name, so that code that names it goes on working
     */
    boolean canRetire(String key, ColumnInfo column, boolean nameStays) {
        long before = refusals();
        String what = work.name().quoted() + "." + column.name().quoted();
        if (column.generated()) {
            refuse(key, what + " is a generated column.", "Change the columns from which it is computed.");
        }
        if (work.isChanged(column.name())) {
            refuse(key, what + " is changed by another operation of this migration already.", "Use two migrations.");
        }
        for (Dependent dependent : work.table().dependents()) {
            if (dependent.column() == column.number()) {
                refuse(
                        key,
                        dependent.description() + " depends on " + what + ".",
                        "Drop it, or make it anew over other columns, first.");
            }
        }
        for (TableInfo.Reference reference : work.table().referencedBy()) {
            if (reference.columns().contains(column.number())) {
                refuse(
                        key,
                        reference.description() + " refers to " + what + ", and can't be carried to another column by"
                                + " this version.",
                        "Drop that key first and add it again after PURGE.");
            }
        }
        new PartitionPreflight(work.table(), workspace.findings()).forColumn(path + "." + key, column);
        domain(key, column);
        for (IndexInfo index : work.table().indexes()) {
            if (index.replicaIdentity() && index.columns().contains(column.number())) {
                refuse(
                        key,
                        "index " + index.name().quoted() + " is the replica identity, and stands on " + what + ".",
                        "Give the table another one for the time: ALTER TABLE … REPLICA IDENTITY FULL, or USING INDEX.");
            }
        }
        for (ConstraintInfo constraint : work.table().constraints()) {
            if (constraint.type().equals("n")
                    && !constraint.validated()
                    && constraint.columns().contains(column.number())) {
                refuse(
                        key,
                        "NOT NULL of " + what + " (" + constraint.name().quoted() + ") is not validated.",
                        "Give the rows that have NULL a value and VALIDATE it, or drop it, first.");
            }
        }
        TablePreflight.forColumns(path + ".table", work.table(), workspace.findings());
        triggers(key, column, nameStays);
        if (!nameStays) {
            functions(key, column);
        }
        return refusals() == before;
    }

    private long refusals() {
        return workspace.findings().all().stream()
                .filter(finding -> finding.severity() == Finding.Severity.REFUSED)
                .count();
    }

    /** Code that is not a trigger's breaks as an application's statements do, and has to change with them. */
    private void functions(String key, ColumnInfo column) {
        String names = work.table().functions().stream()
                .filter(function -> !function.ofTrigger() && SourceText.names(function.source(), column.name()))
                .map(TableInfo.Function::signature)
                .collect(Collectors.joining(", "));
        if (!names.isEmpty()) {
            workspace
                    .findings()
                    .warn(
                            path + "." + key,
                            "these functions name " + work.name().quoted() + " and "
                                    + column.name().quoted() + ", which CONTRACT takes away: " + names + ".",
                            "If it is that column which they mean, they fail from CONTRACT on: change them before it.");
        }
    }

    /** A domain gives or refuses values by itself, of which nobody tells the sync triggers. */
    private void domain(String key, ColumnInfo column) {
        String what = work.name().quoted() + "." + column.name().quoted() + " is of the domain " + column.type();
        if (!work.scratch().acceptsNull(column.type())) {
            refuse(
                    key,
                    what + ", which refuses NULL: a write of the release that does not know the column would fail.",
                    "Let the column refuse NULL itself (SET NOT NULL), and the domain no more (ALTER DOMAIN … DROP NOT"
                            + " NULL, or DROP CONSTRAINT).");
        } else if (column.defaultValue().isEmpty() && work.scratch().hasDefault(column.type())) {
            refuse(
                    key,
                    what + ", whose default can't be told from a value that a statement gave.",
                    "Give the column that default itself (SET DEFAULT), and take it from the domain (ALTER DOMAIN … DROP"
                            + " DEFAULT).");
        }
    }

    private void triggers(String key, ColumnInfo column, boolean nameStays) {
        for (TriggerInfo trigger : work.table().triggers()) {
            boolean given = SourceText.names(trigger.arguments(), column.name());
            boolean names = given || SourceText.names(trigger.source(), column.name());
            boolean listed = trigger.ofColumns().contains(column.number());
            if (!nameStays && (names || listed)) {
                refuse(
                        key,
                        "trigger " + trigger.name().quoted()
                                + use(trigger, listed, given)
                                + column.name().quoted() + ", which CONTRACT takes away.",
                        "Change the trigger so that it does without that column, or drop it, first.");
            } else if (nameStays && names) {
                workspace
                        .findings()
                        .warn(
                                path + "." + key,
                                "trigger " + trigger.name().quoted() + "'s function names "
                                        + column.name().quoted() + ", which has another type from CONTRACT on.",
                                "See that it works with both.");
            }
        }
    }

    private static String use(TriggerInfo trigger, boolean listed, boolean given) {
        if (listed) {
            return " is for UPDATE OF ";
        }
        return "'s function " + trigger.function() + (given ? " is given the name " : " names ");
    }

    private void refuse(String key, String message, String remedy) {
        workspace.findings().refuse(path + "." + key, message, remedy);
    }
}
