package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.pg.internal.expression.ColumnType;
import dev.migrator.pg.internal.expression.Expression;
import dev.migrator.pg.internal.expression.RejectedSqlException;
import java.util.Optional;
import java.util.Set;

/** Has the server read the SQL under one operation's keys; what it does not take becomes a finding at that key. */
final class Reader {
    private final Workspace workspace;
    private final TableWork work;
    private final String path;

    Reader(Workspace workspace, TableWork work, String path) {
        this.workspace = workspace;
        this.work = work;
        this.path = path;
    }

    /** A new column's type; the column is on the scratch table afterwards. */
    Optional<ColumnType> type(String key, Identifier column, String type) {
        try {
            return Optional.of(work.scratch().addColumn(column, type));
        } catch (RejectedSqlException e) {
            refuse(key, "the type " + type.strip() + " is refused: " + e.getMessage());
            return Optional.empty();
        }
    }

    /** An expression whose value goes into a column, and that may stand in a sync trigger. */
    Optional<Expression> value(String key, Identifier column, String text) {
        return value(key, column, text, Set.of());
    }

    /** As {@link #value(String, Identifier, String)}, for a place that can bear more. */
    Optional<Expression> value(String key, Identifier column, String text, Set<Expression.Problem> borne) {
        try {
            Expression expression = work.scratch().readFor(column, text);
            return isFit(key, text, expression, borne) ? Optional.of(expression) : Optional.empty();
        } catch (RejectedSqlException e) {
            refuse(key, "the server refuses `" + text.strip() + "`: " + e.getMessage());
            return Optional.empty();
        }
    }

    private boolean isFit(String key, String text, Expression expression, Set<Expression.Problem> borne) {
        boolean fit = true;
        for (Expression.Problem problem : expression.problems()) {
            if (problem == Expression.Problem.SETTINGS && !borne.contains(problem)) {
                workspace
                        .findings()
                        .warn(
                                path + "." + key,
                                "`" + text.strip() + "` " + problem.text()
                                        + ": where an application's session has others than the migrator's, both compute"
                                        + " different values of a row, and VALIDATE stays shut.",
                                "Write what it depends on into the expression (e.g. AT TIME ZONE 'UTC'), or see that all"
                                        + " sessions have the same settings.");
            } else if (!borne.contains(problem)) {
                refuse(key, "`" + text.strip() + "` " + problem.text() + ".");
                fit = false;
            }
        }
        for (Identifier column : expression.columns()) {
            boolean generated =
                    work.table().column(column).filter(info -> info.generated()).isPresent();
            if (generated) {
                refuse(
                        key,
                        "`" + text.strip() + "` reads the generated column " + column.quoted()
                                + ", which is still NULL when the sync trigger runs.");
                fit = false;
            }
        }
        return fit;
    }

    private void refuse(String key, String message) {
        workspace.findings().refuse(path + "." + key, message, "Nothing was changed; correct it in the file.");
    }
}
