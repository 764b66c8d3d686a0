package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.pg.internal.catalog.ColumnInfo;
import dev.migrator.pg.internal.catalog.Dependent;
import dev.migrator.pg.internal.catalog.TableInfo;
import dev.migrator.pg.internal.catalog.TriggerInfo;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

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
        int before = workspace.findings().all().size();
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
        domain(key, column);
        triggers(key, column, nameStays);
        return workspace.findings().all().size() == before;
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
            boolean names = Pattern.compile(
                            "\\b" + Pattern.quote(column.name().value()) + "\\b", Pattern.CASE_INSENSITIVE)
                    .matcher(trigger.source())
                    .find();
            boolean listed = trigger.ofColumns().contains(column.number());
            if (!nameStays && (names || listed)) {
                refuse(
                        key,
                        "trigger " + trigger.name().quoted()
                                + (listed ? " is for UPDATE OF " : "'s function " + trigger.function() + " names ")
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

    private void refuse(String key, String message, String remedy) {
        workspace.findings().refuse(path + "." + key, message, remedy);
    }
}
