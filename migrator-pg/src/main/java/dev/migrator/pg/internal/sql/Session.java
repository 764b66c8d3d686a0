package dev.migrator.pg.internal.sql;

import dev.migrator.QualifiedName;
import dev.migrator.engine.StepFailure;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection, in autocommit mode. Not thread-safe.
 *
 * <p>Nothing here depends on session state that a pooler in transaction mode would lose: settings are {@code SET LOCAL}
 * inside a {@linkplain #message message}.
 */
public final class Session implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Session.class);

    private final Connection connection;

    private Session(Connection connection) {
        this.connection = connection;
    }

    /** Opens a connection; a failure to do so is transient unless the server refuses this user or database. */
    public static Session open(DataSource source) {
        try {
            Connection connection = source.getConnection();
            connection.setAutoCommit(true);
            return new Session(connection);
        } catch (SQLException e) {
            throw new StepFailure(
                    SqlErrors.whileConnecting(e),
                    SqlErrors.state(e),
                    "No connection to the database: " + SqlErrors.describe(e),
                    Optional.of(e));
        }
    }

    /** Opens a connection, uses it, and closes it. */
    public static <T> T with(DataSource source, Function<Session, T> use) {
        try (Session session = open(source)) {
            return use.apply(session);
        }
    }

    /** The connection itself, for what this class does not offer. */
    public Connection connection() {
        return connection;
    }

    /** The server's major version. */
    public int connectionVersion() {
        try {
            return connection.getMetaData().getDatabaseMajorVersion();
        } catch (SQLException e) {
            throw SqlErrors.failure("server version", e);
        }
    }

    /** Runs one statement with parameters and reads all its rows; none for a statement that has no result. */
    public List<Row> query(String sql, @Nullable Object... parameters) {
        try {
            return tryQuery(sql, parameters);
        } catch (SQLException e) {
            throw SqlErrors.failure(firstLine(sql), e);
        }
    }

    /** Whether a table is there; state tables that an older version has installed do not have all. */
    public boolean hasTable(QualifiedName table) {
        return query("SELECT pg_catalog.to_regclass(?) IS NOT NULL AS there", table.quoted())
                .get(0)
                .isTrue("there");
    }

    /** As {@link #query}, with the driver's own exception. */
    public List<Row> tryQuery(String sql, @Nullable Object... parameters) throws SQLException {
        LOG.debug("{}", sql);
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, parameters);
            return statement.execute() ? rows(statement) : List.of();
        }
    }

    /** Runs one statement with parameters and tells how many rows it changed. */
    public int update(String sql, @Nullable Object... parameters) {
        LOG.debug("{}", sql);
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, parameters);
            return statement.executeUpdate();
        } catch (SQLException e) {
            throw SqlErrors.failure(firstLine(sql), e);
        }
    }

    /**
     * Sends {@code BEGIN; statements; COMMIT} as one message, so that no client, however slow, ever holds a lock by
     * keeping the server waiting. On an error nothing of it remains. Connections of the migrator's own are opened with
     * {@code preferQueryMode=extendedForPrepared}, which makes this a single protocol message; with others the driver
     * sends the statements in one burst.
     *
     * <p>Where {@code standard_conforming_strings} is off, the server would read the backslashes in the whole message by it
     * before anything in the message could turn it on: then the transaction is begun by a message of its own, under which
     * nothing is locked yet.
     *
     * @return the rows of the last statement that had any
     */
    public List<Row> message(List<String> statements) throws SQLException {
        boolean readsAsMeant = readsBackslashesAsMeant();
        String text = (readsAsMeant ? "BEGIN;\n" : "") + String.join(";\n", statements) + ";\nCOMMIT";
        LOG.debug("{}", text);
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            if (!readsAsMeant) {
                statement.execute("BEGIN; SET LOCAL standard_conforming_strings = on;"
                        + " SET LOCAL idle_in_transaction_session_timeout = '15s'");
            }
            List<Row> last = List.of();
            boolean hasRows = statement.execute(text);
            while (hasRows || statement.getUpdateCount() != -1) {
                if (hasRows) {
                    last = rows(statement);
                }
                hasRows = statement.getMoreResults();
            }
            return last;
        } catch (SQLException e) {
            leaveFailedTransaction(e);
            throw e;
        }
    }

    /** Whether a backslash in a plain constant is one, as plans take for granted; not where a role is set otherwise. */
    public boolean readsBackslashesAsMeant() {
        try {
            return !"off"
                    .equals(connection.unwrap(PGConnection.class).getParameterStatus("standard_conforming_strings"));
        } catch (SQLException e) {
            LOG.debug("The connection does not tell how it reads backslashes", e);
            return true;
        }
    }

    private void leaveFailedTransaction(SQLException cause) {
        try (Statement statement = connection.createStatement()) {
            statement.execute("ROLLBACK");
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    /**
     * Does something in a transaction that is rolled back in any case.
     *
     * @param what what it is, for people
     * @throws StepFailure as the work does, or because there is no transaction to be had
     */
    public <T> T inPassing(String what, Supplier<T> work) {
        try {
            connection.setAutoCommit(false);
            T result;
            try {
                result = work.get();
            } catch (RuntimeException | Error e) {
                leave(e);
                throw e;
            }
            connection.rollback();
            connection.setAutoCommit(true);
            return result;
        } catch (SQLException e) {
            throw SqlErrors.failure(what, e);
        } catch (StepFailure e) {
            throw new StepFailure(
                    e.errorClass(),
                    e.sqlState(),
                    what + ": " + e.getMessage() + " Nothing was changed.",
                    Optional.of(e));
        }
    }

    private void leave(Throwable cause) {
        try {
            connection.rollback();
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    /** Sends one statement as it is, outside of any transaction. */
    public void plain(String sql) throws SQLException {
        LOG.debug("{}", sql);
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(sql);
        }
    }

    private void bind(PreparedStatement statement, @Nullable Object... parameters) throws SQLException {
        for (int i = 0; i < parameters.length; i++) {
            Object value = parameters[i];
            if (value instanceof List<?> list) {
                Array array = connection.createArrayOf("text", list.toArray());
                statement.setArray(i + 1, array);
            } else {
                statement.setObject(i + 1, value);
            }
        }
    }

    private static List<Row> rows(Statement statement) throws SQLException {
        List<Row> rows = new ArrayList<>();
        try (ResultSet result = statement.getResultSet()) {
            ResultSetMetaData meta = result.getMetaData();
            List<String> names = new ArrayList<>();
            for (int i = 1; i <= meta.getColumnCount(); i++) {
                names.add(meta.getColumnLabel(i));
            }
            while (result.next()) {
                @Nullable Object[] values = new @Nullable Object[names.size()];
                for (int i = 0; i < values.length; i++) {
                    Object value = result.getObject(i + 1);
                    values[i] = value instanceof Array array ? array.getArray() : value;
                }
                rows.add(new Row(names, values));
            }
        }
        return rows;
    }

    private static String firstLine(String sql) {
        String line = sql.strip().lines().findFirst().orElse("");
        return line.length() > 100 ? line.substring(0, 100) + "…" : line;
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("A connection could not be closed", e);
        }
    }
}
