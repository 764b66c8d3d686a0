package dev.migrator.pg.internal.plan;

import dev.migrator.Phase;
import dev.migrator.operation.RunSql;
import dev.migrator.pg.internal.expression.SqlFragment;
import dev.migrator.pg.internal.sql.Literal;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.sql.SqlErrors;
import dev.migrator.plan.Action;
import dev.migrator.plan.Effect;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * The user's own statements. Within a transaction they commit together with their record; without one they run one by one,
 * all again after a crash. The migrator does not know what they lock: {@code plan} says so.
 */
final class RunSqlPlan {
    private static final int BEFORE_ALL = 10;
    private static final int AFTER_ALL = 90;

    private final Workspace workspace;
    private final String path;
    private final RunSql operation;

    private RunSqlPlan(Workspace workspace, String path, RunSql operation) {
        this.workspace = workspace;
        this.path = path;
        this.operation = operation;
    }

    static void draft(Workspace workspace, String path, RunSql operation) {
        new RunSqlPlan(workspace, path, operation).draft();
    }

    private void draft() {
        workspace
                .findings()
                .warn(
                        path,
                        "the migrator does not see what these statements lock, rewrite or destroy.",
                        "Read them with that in mind.");
        boolean hasBoth = operation.expand().isPresent() && operation.contract().isPresent();
        operation.expand().ifPresent(sql -> workspace.add(draft(Phase.EXPAND, BEFORE_ALL, "expand", sql, undo())));
        operation.contract().ifPresent(sql -> {
            // One `rollback` undoes both parts, where the first of them stands.
            Action undo = hasBoth && operation.rollback().isPresent() ? new Action.Nothing() : undo();
            workspace.add(draft(Phase.CONTRACT, AFTER_ALL, "contract", sql, undo));
        });
    }

    private Action undo() {
        return operation
                .rollback()
                .map(sql -> action("rollback", sql))
                .orElse(new Action.Irreversible("the operation " + path + " gives no `rollback`."));
    }

    private Draft draft(Phase phase, int slot, String key, String sql, Action undo) {
        return Draft.of(
                phase, slot, List.of(path), "run the statements of " + key, action(key, sql), undo, Effect.ADDS);
    }

    /**
     * The server reads all of the body of an SQL function before it looks at what the first statement is about, which does
     * not exist: an error of syntax is told before that, and nothing else can be told before the statements run.
     */
    private Optional<String> syntaxError(String sql) {
        Session session = workspace.session();
        session.query("SAVEPOINT migrator_syntax");
        try {
            session.plain("SET LOCAL check_function_bodies = on");
            session.plain("CREATE FUNCTION pg_temp.migrator_syntax() RETURNS void LANGUAGE sql AS "
                    + Literal.text("SELECT migrator_no_such_column;\n" + sql));
            return Optional.empty();
        } catch (SQLException e) {
            return SqlErrors.state(e).equals(SqlErrors.SYNTAX_ERROR)
                    ? Optional.of("is no SQL: " + SqlErrors.describe(e))
                    : Optional.empty();
        } finally {
            session.query("ROLLBACK TO SAVEPOINT migrator_syntax");
        }
    }

    private Action action(String key, String sql) {
        SqlFragment.Statements statements = SqlFragment.split(sql);
        Optional<String> problem = statements.problem();
        problem.or(() -> syntaxError(sql))
                .ifPresent(text -> workspace.findings().refuse(path + "." + key, "it " + text + ".", "Correct it."));
        if (operation.transaction()) {
            String run = "SELECT " + workspace.stateSchema().quoted() + ".run(" + Literal.text(sql) + ")";
            return new Action.Transaction(List.of(), List.of(run));
        }
        return new Action.Script(statements.list());
    }
}
