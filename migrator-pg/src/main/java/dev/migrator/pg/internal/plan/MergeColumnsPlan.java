package dev.migrator.pg.internal.plan;

import dev.migrator.operation.MergeColumns;
import dev.migrator.operation.OldColumn;
import dev.migrator.pg.internal.catalog.ColumnInfo;
import java.util.List;
import java.util.Optional;

/** Several columns become one, kept in step in both directions until CONTRACT retires the old ones. */
final class MergeColumnsPlan {
    private MergeColumnsPlan() {}

    static void draft(Workspace workspace, String path, MergeColumns operation) {
        workspace.table(path, operation.table()).ifPresent(work -> {
            TablePreflight.forSync(path, work.table(), workspace.findings());
            ColumnPreflight preflight = new ColumnPreflight(workspace, work, path);
            MappingBuilder builder = new MappingBuilder(workspace, work, path);
            boolean all = true;
            List<OldColumn> columns = operation.columns();
            for (int i = 0; i < columns.size(); i++) {
                String key = "columns[" + i + "]";
                Optional<ColumnInfo> column =
                        preflight.existing(key + ".column", columns.get(i).column());
                all &= column.isPresent();
                String down = columns.get(i).down();
                column.ifPresent(info -> builder.retire(key + ".column", info, false, key + ".down", down));
            }
            if (all) {
                builder.add(
                        "into.column",
                        operation.into().column(),
                        "into.type",
                        operation.into().type(),
                        "into.up",
                        operation.into().up());
                Mappings.adopt(workspace, work, builder);
            }
        });
    }
}
