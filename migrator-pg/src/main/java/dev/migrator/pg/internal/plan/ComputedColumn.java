package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.operation.AddColumn;
import dev.migrator.pg.internal.catalog.ColumnInfo;
import dev.migrator.pg.internal.estimate.NewValue;
import dev.migrator.pg.internal.expression.ColumnType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A column that the application computes from others.
 *
 * @param path the operation, as a key path
 * @param name the column
 * @param type its type as a column definition writes it
 * @param bareType its type without modifiers: a cast to it cuts nothing off
 * @param transform the name of the application's function
 * @param inputs the columns that the function is given
 * @param key the columns of the primary key
 * @param comments the statements that comment on the column
 */
record ComputedColumn(
        String path,
        Identifier name,
        ColumnType type,
        String bareType,
        String transform,
        List<Identifier> inputs,
        List<ColumnInfo> key,
        List<String> comments) {

    /** Copies the lists. */
    ComputedColumn {
        inputs = List.copyOf(inputs);
        key = List.copyOf(key);
        comments = List.copyOf(comments);
    }

    List<Identifier> keyNames() {
        return key.stream().map(ColumnInfo::name).toList();
    }

    /** The columns on which the triggers and the queue rely. */
    List<Identifier> watched() {
        List<Identifier> watched = new ArrayList<>(inputs);
        watched.addAll(keyNames());
        return watched;
    }

    /** Nobody but the application knows how large its values are. */
    NewValue value() {
        return new NewValue("NULL", type.name(), false);
    }

    /** Refuses what else would need the table's marker. */
    void checkAlone(Workspace workspace, TableWork work) {
        if (work.needsSync() || !work.dropped().isEmpty()) {
            workspace
                    .findings()
                    .refuse(
                            path,
                            work.name().quoted() + " is also changed by "
                                    + work.paths().stream()
                                            .filter(other -> !other.equals(path))
                                            .findFirst()
                                            .orElse("an operation that drops a column")
                                    + ": the rows that the application has not computed yet can't be told from those that"
                                    + " are not filled for that one.",
                            "Make two migrations of it.");
        }
    }

    /** Reads the operation and says what it can't be. */
    record Reading(Workspace workspace, TableWork work, String path, AddColumn operation) {

        void draft(ColumnType type, List<String> comments) {
            TablePreflight.forSync(path, work.table(), workspace.findings());
            TablePreflight.forValues(path + ".table", work.table(), workspace.findings());
            List<ColumnInfo> key = work.table().primaryKey().stream()
                    .flatMap(name -> work.table().column(name).stream())
                    .toList();
            if (key.isEmpty()) {
                refuse(
                        "table",
                        work.name().quoted() + " has no primary key, by which the rows that change are queued.",
                        "Give it one first (CREATE UNIQUE INDEX CONCURRENTLY, then ADD PRIMARY KEY USING INDEX).");
            }
            for (Identifier input : operation.inputs()) {
                Optional<ColumnInfo> column = work.table().column(input);
                if (column.isEmpty()) {
                    refuse("inputs", "there is no column " + input.quoted() + ".", "Name columns of the table.");
                } else if (column.get().generated()) {
                    refuse(
                            "inputs",
                            input.quoted()
                                    + " is a generated column, whose new value no trigger sees before it is stored.",
                            "Name the columns from which it is generated.");
                }
            }
            if (work.computed().isPresent()) {
                refuse("transform", "another column of the table is computed, too.", "Make two migrations of it.");
            }
            work.compute(new ComputedColumn(
                    path,
                    operation.column(),
                    type,
                    bare(type),
                    operation.transform().orElseThrow(),
                    operation.inputs(),
                    key,
                    comments));
        }

        private void refuse(String key, String problem, String remedy) {
            workspace.findings().refuse(path + "." + key, problem, remedy);
        }

        private String bare(ColumnType type) {
            return workspace
                    .session()
                    .query(
                            """
                            SELECT pg_catalog.format('%I.%I', n.nspname, t.typname) AS name
                              FROM pg_catalog.pg_type AS t JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
                             WHERE t.oid = pg_catalog.to_regtype(?)
                            """,
                            type.name())
                    .get(0)
                    .text("name");
        }
    }
}
