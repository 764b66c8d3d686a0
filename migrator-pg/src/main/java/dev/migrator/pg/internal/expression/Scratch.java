package dev.migrator.pg.internal.expression;

import dev.migrator.Identifier;
import dev.migrator.QualifiedName;
import dev.migrator.engine.ErrorClass;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.sql.SqlErrors;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * An empty temporary copy of a table, inside a transaction that is rolled back, on which the server checks every type and
 * expression and on which it renames columns inside the definitions of indexes and constraints, so that no text is ever
 * edited here.
 *
 * <p>Takes {@code ACCESS SHARE} on the table until the planner's transaction ends. Needs the right to make temporary tables.
 */
public final class Scratch {
    private final Session session;
    private final String searchPath;
    private final String scratch;
    private final ExpressionReader expressions;

    /**
     * Copies a table's columns.
     *
     * @param searchPath the user's own search path as SQL text, in which types and expressions are read
     */
    public Scratch(Session session, String searchPath, QualifiedName original) throws SQLException {
        this.session = session;
        this.searchPath = searchPath;
        this.scratch = "pg_temp." + original.name().quoted();
        this.expressions = new ExpressionReader(this, session, original.name());
        session.plain("CREATE TEMPORARY TABLE " + scratch + " (LIKE " + original.quoted() + ")");
    }

    /** The copy's name as SQL. */
    public String name() {
        return scratch;
    }

    /**
     * Adds a column of a user-written type and tells the type as the server prints it.
     *
     * @throws RejectedSqlException if the server does not take it for a type
     */
    public ColumnType addColumn(Identifier column, String type) {
        reject(SqlFragment.problem(type));
        reject(new TypeCheck(this, session).problem(type));
        attempt(() -> {
            inUsersPath();
            session.plain("ALTER TABLE " + scratch + " ADD COLUMN " + column.quoted() + " " + type + "\n");
        });
        Row row = session.query(
                        """
                        SELECT pg_catalog.format_type(a.atttypid, a.atttypmod) AS type,
                               nullif(a.attcollation, t.typcollation)::pg_catalog.regcollation::text AS collation,
                               t.typtype = 'd' AND (t.typnotnull OR EXISTS (
                                   SELECT FROM pg_catalog.pg_constraint k WHERE k.contypid = t.oid)) AS checked
                          FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
                         WHERE a.attrelid = ?::regclass AND a.attname = ?
                        """,
                        scratch,
                        column.value())
                .get(0);
        if (row.isTrue("checked")) {
            throw new RejectedSqlException(
                    "is a domain with constraints, for which PostgreSQL rewrites the table under a lock;"
                            + " use its base type and a check");
        }
        if (hasDefault(row.text("type"))) {
            throw new RejectedSqlException(
                    "is a domain with a default, which can't be told from a value that a statement gave;"
                            + " use its base type, or a domain without it");
        }
        return new ColumnType(row.text("type"), row.optionalText("collation"));
    }

    /** Whether a type takes NULL: not a domain that refuses it, whose type or check says so. */
    public boolean acceptsNull(String type) {
        try {
            attempt(() -> session.plain("SELECT CAST(NULL AS " + type + ")"));
            return true;
        } catch (RejectedSqlException e) {
            return false;
        }
    }

    /** Whether a type gives columns a default. */
    public boolean hasDefault(String type) {
        return session
                .query(
                        "SELECT typdefault IS NOT NULL AS given FROM pg_catalog.pg_type WHERE oid ="
                                + " pg_catalog.to_regtype(?)",
                        type)
                .stream()
                .anyMatch(row -> row.isTrue("given"));
    }

    /** Indexes, constraints and statistics of the copy. */
    public ScratchDefinitions definitions() {
        return new ScratchDefinitions(this, session, scratch);
    }

    /** A name as the server prints it, with quotes only where it needs them. */
    public String quoted(Identifier name) {
        return session.query("SELECT pg_catalog.quote_ident(?) AS name", name.value())
                .get(0)
                .text("name");
    }

    /** Drops a column of the copy. */
    public void dropColumn(Identifier column) {
        attempt(() -> session.plain("ALTER TABLE " + scratch + " DROP COLUMN " + column.quoted()));
    }

    /** Renames a column of the copy, and with it every mention of it in the copy's indexes and constraints. */
    public void renameColumn(Identifier from, Identifier to) {
        attempt(() ->
                session.plain("ALTER TABLE " + scratch + " RENAME COLUMN " + from.quoted() + " TO " + to.quoted()));
    }

    /** Runs a statement on the copy; every name in it must be qualified. */
    public void run(String sql) {
        attempt(() -> session.plain(sql));
    }

    /**
     * Has the server read an expression on the copy's row.
     *
     * @throws RejectedSqlException with the server's words if it does not understand it
     */
    public Expression read(String text) {
        return expressions.read(text);
    }

    /** Begins something on the copy that is taken back by {@link #forget}. */
    public void tryOut() {
        session.query("SAVEPOINT migrator_try");
    }

    /** Takes back everything on the copy since {@link #tryOut}. */
    public void forget() {
        session.query("ROLLBACK TO SAVEPOINT migrator_try");
        session.query("RELEASE SAVEPOINT migrator_try");
    }

    /**
     * Has the server read an expression whose value is to be stored in a column of the copy.
     *
     * @throws RejectedSqlException if it does not understand it or can't assign the value
     */
    public Expression readFor(Identifier column, String text) {
        Expression plain = read(text);
        Optional<RejectedSqlException> refused = assignable(column, plain.text());
        if (refused.isEmpty()) {
            return withConversion(plain, type(column).orElseThrow());
        }
        // A constant such as '2026-01-01' has no type of its own until it is assigned; printed, it has become a text.
        Optional<RejectedSqlException> literallyRefused = assignable(column, text);
        if (literallyRefused.isPresent()) {
            throw literallyRefused.get();
        }
        return read("CAST((\n" + text + "\n) AS " + type(column).orElseThrow() + ")");
    }

    /** The assignment converts the value, which may depend on the session as any function may. */
    private Expression withConversion(Expression plain, String type) {
        if (plain.type().equals(type)) {
            return plain;
        }
        Set<Expression.Problem> problems = EnumSet.noneOf(Expression.Problem.class);
        problems.addAll(plain.problems());
        problems.addAll(read("CAST((\n" + plain.text() + "\n) AS " + type + ")").problems());
        return new Expression(plain.text(), plain.alias(), plain.columns(), plain.type(), plain.bareColumn(), problems);
    }

    private Optional<RejectedSqlException> assignable(Identifier column, String text) {
        try {
            attempt(() -> {
                inUsersPath();
                session.plain("UPDATE " + scratch + " SET " + column.quoted() + " = (\n" + text + "\n)");
            });
            return Optional.empty();
        } catch (RejectedSqlException e) {
            return Optional.of(e);
        }
    }

    /** The type of a column of the copy; empty if there is none of that name. */
    public Optional<String> type(Identifier column) {
        return session
                .query(
                        "SELECT format_type(atttypid, atttypmod) AS type FROM pg_attribute"
                                + " WHERE attrelid = ?::regclass AND attname = ?",
                        scratch,
                        column.value())
                .stream()
                .findFirst()
                .map(row -> row.text("type"));
    }

    void inUsersPath() throws SQLException {
        session.tryQuery("SELECT pg_catalog.set_config('search_path', ?, true)", searchPath);
    }

    static void reject(Optional<String> problem) {
        problem.ifPresent(text -> {
            throw new RejectedSqlException(text);
        });
    }

    interface Work {
        void run() throws SQLException;
    }

    /**
     * Runs something that the server may refuse, and leaves the transaction usable if it does.
     *
     * @throws dev.migrator.engine.StepFailure if it was broken off: a cancelled statement or a lost connection says nothing
     *     about the SQL
     */
    void attempt(Work work) {
        session.query("SAVEPOINT migrator_attempt");
        try {
            work.run();
        } catch (SQLException e) {
            if (SqlErrors.whileWorking(e) != ErrorClass.PERMANENT) {
                throw SqlErrors.failure("SQL could not be checked", e);
            }
            session.query("ROLLBACK TO SAVEPOINT migrator_attempt");
            throw new RejectedSqlException(SqlErrors.describe(e), e);
        }
        session.query("RELEASE SAVEPOINT migrator_attempt");
        session.query("SELECT pg_catalog.set_config('search_path', '', true)");
    }
}
