package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.Phase;
import dev.migrator.operation.DropColumn;
import dev.migrator.pg.internal.catalog.ColumnInfo;
import dev.migrator.pg.internal.expression.Expression;
import dev.migrator.plan.Action;
import dev.migrator.plan.Artifact;
import dev.migrator.plan.Effect;
import dev.migrator.plan.LockMode;
import dev.migrator.plan.TableLock;
import java.util.ArrayList;
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
        Identifier retired = work.names().retired(work.nextNumber());
        if (operation.down().isPresent()) {
            if (info.notNull()) {
                workspace
                        .findings()
                        .warn(
                                path + ".down",
                                info.name().quoted()
                                        + " refuses NULL: a write for which `down` gives NULL fails until PURGE.",
                                "See that it never does.");
            }
            Optional<Expression> down = new Reader(workspace, work, path)
                    .value("down", info.name(), operation.down().get());
            down.filter(this::readsOthers)
                    .ifPresent(value -> work.fills().add(new Fill(path, info.name(), value, retired, false)));
        } else {
            retire(info, retired);
        }
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

    private void retire(ColumnInfo info, Identifier retired) {
        String alter = "ALTER TABLE " + work.name().quoted() + " ";
        work.dropped().add(info.name());
        Artifact artifact = work.artifact(Artifact.Kind.COLUMN, retired, true);
        String away = alter + "RENAME COLUMN " + info.name().quoted() + " TO " + retired.quoted();
        String back = alter + "RENAME COLUMN " + retired.quoted() + " TO "
                + info.name().quoted();
        workspace.add(Draft.of(
                        Phase.CONTRACT,
                        Exchange.SLOT + 1, // once the sync function no longer reads it
                        List.of(path),
                        "retire column " + info.name() + " of " + work.name().name(),
                        TableSteps.exclusively(work, List.of(away)),
                        TableSteps.exclusively(work, List.of(back)),
                        Effect.RETIRES)
                .doneWhen(Done.hasNoColumn(work.name(), info.name()))
                .making(List.of(artifact)));
        workspace.add(Draft.of(
                        Phase.PURGE,
                        TableSteps.PURGE,
                        List.of(path),
                        "drop column " + info.name() + " of " + work.name().name(),
                        new Action.Transaction(
                                locks(info), List.of(alter + "DROP COLUMN IF EXISTS " + retired.quoted())),
                        new Action.Irreversible("PURGE has dropped the column " + info.name() + "."),
                        Effect.DESTROYS)
                .doneWhen(Done.hasNoColumn(work.name(), retired))
                .removing(List.of(artifact)));
    }

    private List<TableLock> locks(ColumnInfo info) {
        List<TableLock> locks = new ArrayList<>();
        work.table().constraints().stream()
                .filter(constraint -> constraint.columns().contains(info.number()))
                .forEach(constraint -> constraint
                        .references()
                        .filter(parent -> !parent.equals(work.name()))
                        .ifPresent(parent -> locks.add(new TableLock(parent, LockMode.ACCESS_EXCLUSIVE))));
        locks.add(new TableLock(work.name(), LockMode.ACCESS_EXCLUSIVE));
        return locks;
    }
}
