package dev.migrator.pg.internal.plan;

import dev.migrator.operation.NewColumn;
import dev.migrator.operation.SplitColumn;
import java.util.List;

/** One column becomes several, kept in step in both directions until CONTRACT retires the old one. */
final class SplitColumnPlan {
    private SplitColumnPlan() {}

    static void draft(Workspace workspace, String path, SplitColumn operation) {
        workspace.table(path, operation.table()).ifPresent(work -> {
            TablePreflight.forSync(path, work.table(), workspace.findings());
            new ColumnPreflight(workspace, work, path)
                    .existing("column", operation.column())
                    .ifPresent(column -> {
                        MappingBuilder builder = new MappingBuilder(workspace, work, path)
                                .retire("column", column, false, "down", operation.down());
                        List<NewColumn> into = operation.into();
                        for (int i = 0; i < into.size(); i++) {
                            String key = "into[" + i + "]";
                            NewColumn part = into.get(i);
                            builder.add(
                                    key + ".column", part.column(), key + ".type", part.type(), key + ".up", part.up());
                        }
                        Mappings.adopt(workspace, work, builder);
                    });
        });
    }
}
