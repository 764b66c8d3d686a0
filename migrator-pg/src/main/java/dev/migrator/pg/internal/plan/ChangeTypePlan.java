package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.operation.ChangeType;
import dev.migrator.pg.internal.catalog.ColumnInfo;

/**
 * A column with another type: a second column, kept in step in both directions. Without {@code to} it bears a name of ours
 * until CONTRACT, which exchanges the two: every release sees the old type under that name before it and the new one after.
 */
final class ChangeTypePlan {
    private ChangeTypePlan() {}

    static void draft(Workspace workspace, String path, ChangeType operation) {
        workspace.table(path, operation.table()).ifPresent(work -> {
            TablePreflight.forSync(path, work.table(), workspace.findings());
            new ColumnPreflight(workspace, work, path)
                    .existing("column", operation.column())
                    .ifPresent(column -> {
                        Conversions conversions = Conversions.between(work, column, operation.type());
                        MappingBuilder builder = new MappingBuilder(workspace, work, path);
                        Mappings.adopt(workspace, work, builder(builder, operation, column, conversions));
                    });
        });
    }

    private static MappingBuilder builder(
            MappingBuilder builder, ChangeType operation, ColumnInfo column, Conversions conversions) {
        Identifier name = operation.to().orElse(operation.column());
        boolean nameStays = operation.to().isEmpty();
        String up = operation.up().orElseGet(() -> conversions.up(operation.column()));
        String down = operation.down().orElseGet(() -> conversions.down(name));
        String upKey = operation.up().isPresent() ? "up" : "type";
        String downKey = operation.down().isPresent() ? "down" : "type";
        builder.retire("column", column, nameStays, downKey, down);
        return nameStays
                ? builder.takeOver(name, "type", operation.type(), upKey, up)
                : builder.add("to", name, "type", operation.type(), upKey, up);
    }
}
