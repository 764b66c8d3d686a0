package dev.migrator.pg.internal.expression;

import dev.migrator.pg.internal.sql.Session;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Whether a user-written text is one type, with a collation if need be, and nothing more. In {@code ADD COLUMN} the server would
 * also take constraints, and after a comma another command; in the column list of a function's result it takes types only, which
 * it then counts.
 *
 * <p>Source: PostgreSQL, src/backend/parser/gram.y, {@code TableFuncElement}.
 */
final class TypeCheck {
    private static final String VIEW = "pg_temp.migrator_type";
    private static final String SEVERAL = "is more than one type: a further column needs an operation of its own";
    private static final String MORE = "is more than a type: defaults and constraints have keys of their own";

    private final Scratch scratch;
    private final Session session;

    TypeCheck(Scratch scratch, Session session) {
        this.scratch = scratch;
        this.session = session;
    }

    /** What is wrong with the text; empty if it is a type. */
    Optional<String> problem(String type) {
        scratch.tryOut();
        try {
            return columns(type) == 1 ? Optional.empty() : Optional.of(SEVERAL);
        } catch (RejectedSqlException e) {
            return Optional.of(SqlFragment.indexOutside(type, ",") < 0 ? asColumn(type, e) : SEVERAL);
        } finally {
            scratch.forget();
        }
    }

    private long columns(String type) {
        inUsersPath("CREATE TEMPORARY VIEW migrator_type AS SELECT * FROM pg_catalog.json_to_record('{}') AS r(c "
                + type + "\n)");
        return session.query(
                        "SELECT count(*) AS columns FROM pg_attribute WHERE attrelid = ?::regclass AND attnum > 0",
                        VIEW)
                .get(0)
                .number("columns");
    }

    /** Whether what the server refuses as a type is the definition of a column. */
    private String asColumn(String type, RejectedSqlException refusal) {
        try {
            inUsersPath("CREATE TEMPORARY TABLE migrator_type (c " + type + "\n)");
            return MORE;
        } catch (RejectedSqlException e) {
            return isSyntaxError(refusal) && !isSyntaxError(e) ? MORE : String.valueOf(e.getMessage());
        }
    }

    private static boolean isSyntaxError(RejectedSqlException refusal) {
        return refusal.getCause() instanceof SQLException e && "42601".equals(e.getSQLState());
    }

    private void inUsersPath(String statement) {
        scratch.attempt(() -> {
            scratch.inUsersPath();
            session.plain(statement);
        });
    }
}
