package dev.migrator.pg.internal.plan;

import dev.migrator.operation.RenameColumn;

/**
 * A column under a new name: a second column of the same type, kept equal in both directions until CONTRACT retires the old
 * one. (PostgreSQL's own RENAME COLUMN is instant and breaks whichever release does not expect it.)
 */
final class RenameColumnPlan {
    private RenameColumnPlan() {}

    static void draft(Workspace workspace, String path, RenameColumn operation) {
        workspace.table(path, operation.table()).ifPresent(work -> {
            TablePreflight.forSync(path, work.table(), workspace.findings());
            new ColumnPreflight(workspace, work, path)
                    .existing("column", operation.column())
                    .ifPresent(column -> {
                        MappingBuilder builder = new MappingBuilder(workspace, work, path)
                                .retire(
                                        "column",
                                        column,
                                        false,
                                        "to",
                                        operation.to().quoted())
                                .add(
                                        "to",
                                        operation.to(),
                                        "column",
                                        column.typeAndCollation(),
                                        "column",
                                        column.name().quoted());
                        Mappings.adopt(workspace, work, builder);
                    });
        });
    }
}
