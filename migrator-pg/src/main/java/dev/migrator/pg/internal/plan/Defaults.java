package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.engine.StepFailure;
import dev.migrator.pg.internal.catalog.ColumnInfo;
import dev.migrator.pg.internal.expression.ColumnType;
import dev.migrator.pg.internal.expression.Expression;
import dev.migrator.pg.internal.expression.RejectedSqlException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** The default of a column that stands for another one. */
final class Defaults {
    private final Workspace workspace;
    private final TableWork work;
    private final String path;

    Defaults(Workspace workspace, TableWork work, String path) {
        this.workspace = workspace;
        this.work = work;
        this.path = path;
    }

    /** The default from CONTRACT on, as SQL; empty if the old column has none, or with a finding if it can't be carried. */
    Optional<String> carried(ColumnInfo old, ColumnType type, Identifier place, Expression up) {
        if (old.defaultValue().isEmpty()) {
            return Optional.empty();
        }
        String value = old.defaultValue().get();
        if (up.bareColumn() && type.sql().equals(old.typeAndCollation())) {
            return Optional.of(value);
        }
        if (old.volatileDefault() || !isConstant(old)) {
            return cast(value, old, type, place);
        }
        return computed(value, old, type, up).or(() -> cast(value, old, type, place));
    }

    /** Not {@code now()}, {@code CURRENT_USER} and the like, which are the same within a statement only. */
    private boolean isConstant(ColumnInfo old) {
        return workspace
                .session()
                .query(
                        """
                        SELECT pg_catalog.strpos(d.adbin::text, '{SQLVALUEFUNCTION') = 0 AND NOT EXISTS (
                                 SELECT FROM pg_catalog.regexp_matches(d.adbin::text, ':(?:funcid|opfuncid) (\\d+)', 'g') AS f(m)
                                   JOIN pg_catalog.pg_proc p ON p.oid = f.m[1]::oid AND p.provolatile <> 'i') AS constant
                          FROM pg_catalog.pg_attrdef d WHERE d.adrelid = ? AND d.adnum = ?
                        """,
                        work.table().oid(),
                        old.number())
                .get(0)
                .isTrue("constant");
    }

    /** A constant default is put through {@code up} once, now. */
    private Optional<String> computed(String value, ColumnInfo old, ColumnType type, Expression up) {
        if (!up.columns().equals(Set.of(old.name()))) {
            return Optional.empty();
        }
        workspace.session().query("SAVEPOINT migrator_default");
        try {
            String literal = workspace
                    .session()
                    .query("SELECT pg_catalog.quote_nullable(" + up.over(column -> "(" + value + ")::" + old.type())
                            + "::text) AS literal")
                    .get(0)
                    .text("literal");
            return Optional.of(literal + "::" + type.name());
        } catch (StepFailure e) {
            workspace.session().query("ROLLBACK TO SAVEPOINT migrator_default");
            return Optional.empty();
        }
    }

    private Optional<String> cast(String value, ColumnInfo old, ColumnType type, Identifier place) {
        try {
            Expression expression = work.scratch().readFor(place, "CAST((" + value + ") AS " + type.name() + ")");
            EnumSet<Expression.Problem> problems = EnumSet.noneOf(Expression.Problem.class);
            problems.addAll(expression.problems());
            problems.removeAll(Expression.Problem.OF_DEFAULTS);
            if (problems.isEmpty()) {
                return Optional.of(expression.text());
            }
        } catch (RejectedSqlException e) {
            workspace
                    .findings()
                    .warn(
                            path,
                            "the default " + value + " of " + old.name().quoted()
                                    + " can't be carried to the new column: " + e.getMessage() + ".",
                            "It goes with the old column at PURGE; give the new one a default of its own then.");
        }
        return Optional.empty();
    }
}
