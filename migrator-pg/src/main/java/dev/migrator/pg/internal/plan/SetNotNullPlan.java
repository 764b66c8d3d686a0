package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.Phase;
import dev.migrator.operation.SetNotNull;
import dev.migrator.pg.internal.catalog.ColumnInfo;
import dev.migrator.pg.internal.expression.Expression;
import dev.migrator.plan.Action;
import dev.migrator.plan.Artifact;
import dev.migrator.plan.Effect;
import java.util.List;
import java.util.Optional;

/**
 * NULL becomes forbidden: a CHECK that is not validated yet, a scan under a lock that stops nobody, and only then SET NOT
 * NULL, which PostgreSQL takes from the proven CHECK without a scan. With {@code fill} the sync trigger and the backfill give
 * a value to what is NULL; that value stays after a rollback.
 */
final class SetNotNullPlan {
    private final Workspace workspace;
    private final TableWork work;
    private final String path;
    private final ColumnInfo info;
    private final Identifier column;

    private SetNotNullPlan(Workspace workspace, TableWork work, String path, ColumnInfo info) {
        this.workspace = workspace;
        this.work = work;
        this.path = path;
        this.info = info;
        this.column = info.name();
    }

    static void draft(Workspace workspace, String path, SetNotNull operation) {
        workspace.table(path, operation.table()).ifPresent(work -> new ColumnPreflight(workspace, work, path)
                .existing("column", operation.column())
                .ifPresent(info -> {
                    if (info.notNull()) {
                        workspace
                                .findings()
                                .refuse(
                                        path + ".column",
                                        info.name().quoted() + " refuses NULL already.",
                                        "Leave the operation out.");
                    } else if (work.isChanged(info.name())) {
                        workspace
                                .findings()
                                .refuse(
                                        path + ".column",
                                        info.name().quoted()
                                                + " is changed by another operation of this migration already.",
                                        "Use two migrations.");
                    } else {
                        new PartitionPreflight(work.table(), workspace.findings()).forNotNull(path + ".column", info);
                        work.held().add(info.name());
                        new SetNotNullPlan(workspace, work, path, info).draft(operation.fill());
                    }
                }));
    }

    private void draft(Optional<String> fill) {
        fill.flatMap(text -> new Reader(workspace, work, path).value("fill", column, text, Expression.Problem.OF_FILLS))
                .ifPresent(this::fill);
        String condition = isNull();
        RuleBreakers nulls = new RuleBreakers(
                workspace,
                work,
                path,
                column.quoted() + " is NULL",
                condition,
                fill.isEmpty()
                        ? "Give these rows a value; a migration can do that itself with `fill`"
                        : "`fill` gives NULL for them: give these rows a value");
        if (fill.isEmpty()) {
            nulls.warn("column");
        }
        workspace.add(nulls.proof());
        forbid(workspace, work, path, column);
    }

    /** Drafts what forbids NULL in a column that has a value in every row, or will have one. */
    static void forbid(Workspace workspace, TableWork work, String path, Identifier column) {
        Identifier proof = work.names().proof("k" + work.nextNumber());
        Artifact artifact = work.artifact(Artifact.Kind.CONSTRAINT, proof, true);
        String alter = work.alter();
        String drop = alter + "DROP CONSTRAINT IF EXISTS " + proof.quoted();
        workspace.add(Draft.of(
                        Phase.VALIDATE,
                        30,
                        List.of(path),
                        "refuse NULL in new rows of " + work.name().name() + "." + column,
                        TableSteps.exclusively(
                                work,
                                List.of(alter + "ADD CONSTRAINT " + proof.quoted() + " CHECK (" + column.quoted()
                                        + " IS NOT NULL) NOT VALID")),
                        TableSteps.exclusively(work, List.of(drop)),
                        Effect.NARROWS)
                .making(List.of(artifact)));
        workspace.add(Drafts.validate(work, path, 40, proof, Optional.empty()));
        workspace.add(Draft.of(
                        Phase.VALIDATE,
                        45,
                        List.of(path),
                        "set " + work.name().name() + "." + column + " NOT NULL",
                        TableSteps.exclusively(
                                work, List.of(alter + "ALTER COLUMN " + column.quoted() + " SET NOT NULL", drop)),
                        TableSteps.exclusively(
                                work, List.of(alter + "ALTER COLUMN " + column.quoted() + " DROP NOT NULL")),
                        Effect.NARROWS)
                .doneWhen(Done.isNotNull(work.name(), column))
                .removing(List.of(artifact)));
    }

    private String isNull() {
        return work.name().name().quoted() + "." + column.quoted() + " IS NULL";
    }

    private void fill(Expression value) {
        if (value.columns().contains(column)) {
            workspace.findings().refuse(path + ".fill", "`fill` reads the column that it fills.", "Use other columns.");
            return;
        }
        TablePreflight.forSync(path, work.table(), workspace.findings());
        work.fills().add(new Fill(path, info, value, column, true));
        new RuleBreakers(
                        workspace,
                        work,
                        path,
                        column.quoted() + " is NULL and `fill` gives NULL",
                        isNull() + " AND (" + value.text() + ") IS NULL",
                        "The backfill lists them as failed. Give these rows a value, or have `fill` give one")
                .warn("fill");
        workspace.findings().note(path, "a rollback leaves the values that `fill` gave in their place.");
        Action action = new Action.Backfill(
                work.name(),
                column.quoted() + " = (" + value.text() + ")",
                column.quoted() + " IS NULL",
                workspace.skipsUserTriggers());
        workspace.add(Draft.of(
                Phase.BACKFILL,
                10,
                List.of(path),
                "fill " + work.name().name() + "." + column + " where it is NULL",
                action,
                new Action.Nothing(),
                Effect.FILLS));
    }
}
