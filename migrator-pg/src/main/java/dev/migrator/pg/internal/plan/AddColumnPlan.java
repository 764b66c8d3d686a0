package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.Phase;
import dev.migrator.operation.AddColumn;
import dev.migrator.operation.Identity;
import dev.migrator.pg.internal.expression.ColumnType;
import dev.migrator.pg.internal.expression.Expression;
import dev.migrator.pg.internal.sql.Literal;
import dev.migrator.plan.Action;
import dev.migrator.plan.Artifact;
import dev.migrator.plan.Effect;
import dev.migrator.plan.LockMode;
import dev.migrator.plan.TableLock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A new column. With a default that is the same for all rows it is added in one instant statement. With {@code up}, or with a
 * default that differs from row to row (which PostgreSQL would compute by rewriting the table under a lock), it is added
 * empty and filled by the sync trigger and the backfill.
 */
final class AddColumnPlan {
    private final Workspace workspace;
    private final TableWork work;
    private final String path;
    private final AddColumn operation;

    private AddColumnPlan(Workspace workspace, TableWork work, String path, AddColumn operation) {
        this.workspace = workspace;
        this.work = work;
        this.path = path;
        this.operation = operation;
    }

    static void draft(Workspace workspace, String path, AddColumn operation) {
        workspace.table(path, operation.table()).ifPresent(work -> new AddColumnPlan(workspace, work, path, operation)
                .draft());
    }

    private void draft() {
        TablePreflight.forColumns(path + ".table", work.table(), workspace.findings());
        boolean free = new ColumnPreflight(workspace, work, path).isFree("column", operation.column());
        Reader reader = new Reader(workspace, work, path);
        Optional<ColumnType> type = free ? reader.type("type", operation.column(), operation.type()) : Optional.empty();
        type.ifPresent(columnType -> typed(reader, columnType));
    }

    private void typed(Reader reader, ColumnType type) {
        boolean special = operation.transform().isPresent()
                || operation.identity().isPresent()
                || operation.generated().isPresent();
        if (special
                && new PartitionPreflight(work.table(), workspace.findings())
                        .refuses(
                                path + ".table",
                                "add a column that the application computes, counts by itself, or is generated",
                                "Add a plain column, with `up` or `default`.")) {
            return;
        }
        if (operation.transform().isPresent()) {
            new ComputedColumn.Reading(workspace, work, path, operation).draft(type, comments());
        } else if (operation.identity().isPresent()) {
            counting(type, operation.identity().get());
        } else if (operation.generated().isPresent()) {
            new GeneratedColumn(workspace, work, path, operation).draft(type, comments());
        } else {
            given(reader, type);
        }
    }

    private void counting(ColumnType type, Identity kind) {
        long greatest = IdentityNumbers.greatest(type.name());
        if (!IdentityNumbers.TYPES.contains(type.name())) {
            workspace
                    .findings()
                    .refuse(
                            path + ".type",
                            "an identity column can't be " + type.name() + ".",
                            "PostgreSQL counts in " + String.join(", ", IdentityNumbers.TYPES) + ".");
        } else if (work.table().rows() > greatest) {
            workspace
                    .findings()
                    .refuse(
                            path + ".type",
                            work.name().quoted() + " has about " + work.table().rows() + " rows, and " + type.name()
                                    + " counts to " + greatest + ".",
                            "Use a greater type.");
        } else {
            workspace
                    .findings()
                    .note(
                            path,
                            "from EXPAND on lastval() after an INSERT tells this column's number, as after any INSERT that"
                                    + " takes several; RETURNING and currval() tell the one that is meant.");
            Identifier helper = work.names().sequence(work.nextNumber());
            IdentityNumbers numbers = new IdentityNumbers(work.name(), operation.column(), type.name(), kind, helper);
            NewColumn column = new NewColumn(
                    operation.column(),
                    operation.column(),
                    type,
                    numbers.next(),
                    Optional.empty(),
                    Optional.empty(),
                    true,
                    Optional.of(numbers));
            adopt(column, false);
        }
    }

    private void given(Reader reader, ColumnType type) {
        Optional<Expression> standard = operation
                .defaultValue()
                .flatMap(text -> reader.value("default", operation.column(), text, Expression.Problem.OF_DEFAULTS));
        Optional<Expression> up = operation.up().flatMap(text -> reader.value("up", operation.column(), text));
        boolean unread = standard.isPresent() != operation.defaultValue().isPresent()
                || up.isPresent() != operation.up().isPresent();
        if (unread || !isDefault(standard)) {
            return;
        }
        boolean varies = standard.filter(value -> value.problems().contains(Expression.Problem.VOLATILE))
                .isPresent();
        if (up.isPresent()) {
            fill(type, up.get(), true, Optional.empty(), standard.map(Expression::text));
        } else if (varies) {
            fill(type, standard.get(), false, standard.map(Expression::text), standard.map(Expression::text));
        } else {
            instantly(type, standard);
        }
    }

    private boolean isDefault(Optional<Expression> standard) {
        if (standard.filter(value -> !value.columns().isEmpty()).isPresent()) {
            workspace.findings().refuse(path + ".default", "a default can't read other columns.", "Use `up` for that.");
            return false;
        }
        return true;
    }

    private void fill(
            ColumnType type, Expression up, boolean derivable, Optional<String> before, Optional<String> after) {
        NewColumn column = new NewColumn(
                operation.column(),
                operation.column(),
                type,
                up,
                before,
                after,
                !operation.nullable(),
                Optional.empty());
        adopt(column, derivable);
    }

    private void adopt(NewColumn column, boolean derivable) {
        TablePreflight.forSync(path, work.table(), workspace.findings());
        TablePreflight.forValues(path + ".table", work.table(), workspace.findings());
        Mappings.adopt(workspace, work, new Mapping(path, List.of(), List.of(column), derivable));
        operation.comment().ifPresent(text -> {
            Action action = new Action.Transaction(
                    List.of(new TableLock(work.name(), LockMode.SHARE_UPDATE_EXCLUSIVE)), List.of(comment(text)));
            workspace.add(Draft.of(
                    Phase.EXPAND,
                    TableSteps.EXPAND + 1,
                    List.of(path),
                    "comment on " + operation.column(),
                    action,
                    new Action.Nothing(),
                    Effect.ADDS));
        });
    }

    private String comment(String text) {
        return "COMMENT ON COLUMN " + work.name().quoted() + "."
                + operation.column().quoted() + " IS " + Literal.text(text);
    }

    private List<String> comments() {
        return operation.comment().map(this::comment).stream().toList();
    }

    private void instantly(ColumnType type, Optional<Expression> standard) {
        if (!operation.nullable() && standard.isEmpty()) {
            workspace
                    .findings()
                    .refuse(
                            path + ".nullable",
                            "a column without NULL needs a value for the rows that are there, and for those that the old"
                                    + " release inserts.",
                            "Give `default` or `up`.");
            return;
        }
        if (standard.isPresent()) {
            TablePreflight.forValues(path + ".table", work.table(), workspace.findings());
        }
        String alter = work.alter();
        String add = alter + "ADD COLUMN " + operation.column().quoted() + " " + type.sql()
                + (operation.nullable() ? "" : " NOT NULL")
                + standard.map(value -> " DEFAULT " + value.text()).orElse("");
        List<String> statements = new ArrayList<>(List.of(add));
        statements.addAll(comments());
        String drop = alter + "DROP COLUMN IF EXISTS " + operation.column().quoted();
        workspace.add(Draft.of(
                        Phase.EXPAND,
                        TableSteps.EXPAND,
                        List.of(path),
                        "add column " + operation.column() + " to "
                                + work.name().name(),
                        TableSteps.exclusively(work, statements),
                        TableSteps.exclusively(work, List.of(drop)),
                        Effect.ADDS)
                .doneWhen(Done.hasColumn(work.name(), operation.column()))
                .making(List.of(work.artifact(Artifact.Kind.COLUMN, operation.column(), false))));
    }
}
