package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.operation.DropColumn;
import dev.migrator.pg.internal.catalog.ColumnInfo;
import dev.migrator.pg.internal.catalog.ConstraintInfo;
import dev.migrator.pg.internal.catalog.SequenceInfo;
import dev.migrator.pg.internal.expression.Expression;
import java.util.List;
import java.util.Optional;

/**
 * A column goes: CONTRACT renames it away, PURGE drops it. With {@code down} the sync trigger gives it a value in rows that a
 * release inserts without it, so that the old release, and a rollback, find one.
 */
final class DropColumnPlan {
    private final Workspace workspace;
    private final TableWork work;
    private final String path;
    private final DropColumn operation;

    private DropColumnPlan(Workspace workspace, TableWork work, String path, DropColumn operation) {
        this.workspace = workspace;
        this.work = work;
        this.path = path;
        this.operation = operation;
    }

    static void draft(Workspace workspace, String path, DropColumn operation) {
        workspace.table(path, operation.table()).ifPresent(work -> new DropColumnPlan(workspace, work, path, operation)
                .draft());
    }

    private void draft() {
        ColumnPreflight preflight = new ColumnPreflight(workspace, work, path);
        Optional<ColumnInfo> column = preflight.existing("column", operation.column());
        if (column.isEmpty() || !preflight.canRetire("column", column.get(), false)) {
            return;
        }
        ColumnInfo info = column.get();
        if (isInPrimaryKey(info) || countsForOthers(info)) {
            return;
        }
        if (info.notNull() && info.defaultValue().isEmpty() && operation.down().isEmpty()) {
            workspace
                    .findings()
                    .refuse(
                            path + ".down",
                            info.name().quoted()
                                    + " refuses NULL and has no default: an INSERT of the new release, which"
                                    + " knows nothing of it, would fail.",
                            "Give `down`, the value that such rows get in it.");
            return;
        }
        new DroppedWith(workspace, work, path, info, operation.down().isPresent()).tell();
        Identifier retired = work.names().retired(work.nextNumber());
        if (operation.down().isEmpty()) {
            work.dropped().add(new DroppedColumn(path, info, retired));
        } else if (info.identity().isEmpty()) {
            new Reader(workspace, work, path)
                    .value("down", info.name(), operation.down().get(), Expression.Problem.OF_FILLS)
                    .filter(this::readsOthers)
                    .ifPresent(value -> work.fills().add(new Fill(path, info, value, retired, false)));
        } else {
            workspace
                    .findings()
                    .refuse(
                            path + ".down",
                            info.name().quoted() + " is an identity column, which fills itself until PURGE.",
                            "Leave `down` out.");
        }
    }

    private boolean isInPrimaryKey(ColumnInfo info) {
        Optional<ConstraintInfo> key = work.table().constraints().stream()
                .filter(constraint ->
                        constraint.type().equals("p") && constraint.columns().contains(info.number()))
                .findFirst();
        key.ifPresent(constraint -> workspace
                .findings()
                .refuse(
                        path + ".column",
                        info.name().quoted() + " belongs to the primary key "
                                + constraint.name().quoted() + ", which would go with it at PURGE.",
                        "Give the table another primary key first."));
        return key.isPresent();
    }

    /** PostgreSQL drops the sequence of a serial column with it, unless something else takes its numbers from it. */
    private boolean countsForOthers(ColumnInfo info) {
        List<String> users = info.sequence().map(SequenceInfo::usedBy).orElse(List.of());
        users.forEach(user -> workspace
                .findings()
                .refuse(
                        path + ".column",
                        user + " takes its numbers from the sequence of "
                                + info.name().quoted() + ", which would go with it at PURGE.",
                        "ALTER SEQUENCE … OWNED BY NONE, or OWNED BY that column, first."));
        return !users.isEmpty();
    }

    private boolean readsOthers(Expression down) {
        boolean reads = !down.columns().contains(operation.column());
        if (!reads) {
            workspace
                    .findings()
                    .refuse(path + ".down", "`down` reads the column that goes.", "Compute it from others.");
        }
        return reads;
    }
}
