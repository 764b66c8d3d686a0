package dev.migrator.pg.internal.state;

import dev.migrator.engine.ErrorClass;
import dev.migrator.engine.Lease;
import dev.migrator.engine.LeaseLostException;
import dev.migrator.engine.StepFailure;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.sql.SqlErrors;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * How the state tables are reached: each exchange on a connection of its own, its errors told with what was tried.
 *
 * @param source where connections come from
 * @param sql the state schema and the target
 */
record StateDatabase(DataSource source, StateSql sql) {
    /** How long a transaction on the state tables waits for a row that somebody else has locked. */
    private static final String LOCK_TIMEOUT = "SET LOCAL lock_timeout = '2s'";

    /**
     * A token that a crash of the server could take back would be given out twice, so these commits reach the disk
     * whatever the role's settings say.
     */
    private static final String DURABLE =
            """
            SELECT pg_catalog.set_config('synchronous_commit', CASE pg_catalog.current_setting('synchronous_commit')
                WHEN 'off' THEN 'local' ELSE pg_catalog.current_setting('synchronous_commit') END, true)""";

    private static final String READ_COMMITTED = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED";

    private static final String UNDEFINED_TABLE = "42P01";

    /** Undefined table, schema, function. */
    private static final Set<String> NOT_INSTALLED = Set.of(UNDEFINED_TABLE, "3F000", "42883");

    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    /** A table of the state schema as SQL. */
    String table(String name) {
        return sql.table(name).quoted();
    }

    /**
     * Reads; there are no rows where there is no state schema. What only reads can be tried again whatever went wrong, so
     * its failures are never {@link ErrorClass#UNKNOWN}.
     *
     * @param as what to make of a row; an {@link IllegalArgumentException} says that it can't be read
     */
    <T> List<T> read(String what, Function<Row, T> as, String query, @Nullable Object... parameters) {
        try (Session session = Session.open(source)) {
            return session.tryQuery(query, parameters).stream().map(as).toList();
        } catch (SQLException e) {
            if (SqlErrors.state(e).equals(UNDEFINED_TABLE) && !isInstalled()) {
                return List.of();
            }
            throw repeatable(failure(what, e));
        } catch (IllegalArgumentException e) {
            throw new StepFailure(
                    ErrorClass.PERMANENT,
                    "",
                    what + ": this library can't read what is recorded: " + e.getMessage()
                            + ". Nothing was changed; use the release that recorded it, or a newer one.",
                    Optional.of(e));
        }
    }

    /** Whether there is a state schema; if so, a table that is not there has been dropped. */
    private boolean isInstalled() {
        return new StateSchema(source, sql.schema()).isInstalled();
    }

    /** Runs one statement that writes, and reads its rows. */
    List<Row> write(String what, String statement, @Nullable Object... parameters) {
        try (Session session = Session.open(source)) {
            return session.tryQuery(statement, parameters);
        } catch (SQLException e) {
            throw failure(what, e);
        }
    }

    /** Runs a transaction, sent as one message, that ends with an exception if the lease's token is not the newest. */
    List<Row> transaction(String what, Lease lease, List<String> statements) {
        try {
            return tryTransaction(statements);
        } catch (SQLException e) {
            throw SqlErrors.state(e).equals(SqlErrors.LEASE_LOST) ? new LeaseLostException(lease) : failure(what, e);
        }
    }

    /** Runs a transaction, sent as one message, with the driver's own exception. */
    List<Row> tryTransaction(List<String> statements) throws SQLException {
        List<String> all = new ArrayList<>(List.of(READ_COMMITTED, LOCK_TIMEOUT, DURABLE));
        all.addAll(statements);
        try (Session session = Session.open(source)) {
            return session.message(all);
        }
    }

    /** A failure of something that may be done twice: whether it was done does not matter. */
    static StepFailure repeatable(StepFailure failure) {
        return failure.errorClass() != ErrorClass.UNKNOWN
                ? failure
                : new StepFailure(
                        ErrorClass.TRANSIENT,
                        failure.sqlState(),
                        String.valueOf(failure.getMessage()),
                        Optional.ofNullable(failure.getCause()));
    }

    /** What an error means here. */
    StepFailure failure(String what, SQLException e) {
        String state = SqlErrors.state(e);
        String schema = sql.schema().quoted();
        if (NOT_INSTALLED.contains(state)) {
            return failure(
                    e,
                    what + ": the state schema " + schema + " is not installed in this database, or not whole: "
                            + SqlErrors.describe(e)
                            + ". Nothing was changed. The first migrate installs it; one that is not"
                            + " whole has to be restored as it was.");
        }
        if (state.equals(INSUFFICIENT_PRIVILEGE)) {
            return failure(
                    e,
                    what + ": " + SqlErrors.describe(e) + ". Nothing was changed; this user needs GRANT USAGE"
                            + " ON SCHEMA " + schema + " and GRANT SELECT ON ALL TABLES IN SCHEMA " + schema
                            + ", and to change anything the role that owns them.");
        }
        return SqlErrors.failure(what, e);
    }

    private static StepFailure failure(SQLException e, String message) {
        return new StepFailure(ErrorClass.PERMANENT, SqlErrors.state(e), message, Optional.of(e));
    }
}
