package dev.migrator.test.internal;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/**
 * Connections that are as good as new ones, and are kept for the next use: to open one takes the server some hundred times as
 * long as to answer a question. Safe for use by many threads.
 */
public final class SpareConnections implements AutoCloseable {
    /**
     * What they are called on the server: whoever looks for sessions of an application passes over the migrator's own.
     */
    public static final String NAME = "migrator test kit";

    private static final int MOST = 2;
    /** After these, whatever the connection was opened with may not hold any more. */
    private static final Pattern CHANGES_DEFAULTS =
            Pattern.compile("(?is).*\\balter\\s+(role|user|database|system)\\b.*");

    private final DataSource source;
    private final Deque<Connection> spare = new ConcurrentLinkedDeque<>();
    private volatile boolean closed;

    /**
     * None yet.
     *
     * @param source where they come from
     */
    public SpareConnections(DataSource source) {
        this.source = source;
    }

    /** What a connection is used for. */
    @FunctionalInterface
    public interface Use<T> {
        /** Uses it. */
        T on(Connection connection) throws SQLException;
    }

    /** Uses a connection, in autocommit mode and with the settings that a new one would have. */
    public <T> T with(Use<T> use) throws SQLException {
        Connection connection = take();
        boolean kept = false;
        try {
            T result = use.on(connection);
            kept = giveBack(connection);
            return result;
        } finally {
            if (!kept) {
                quietly(connection);
            }
        }
    }

    /** To be told of statements that were executed, on these connections or others. */
    public void executed(String... statements) {
        for (String statement : statements) {
            if (CHANGES_DEFAULTS.matcher(statement).matches()) {
                clear();
            }
        }
    }

    private Connection take() throws SQLException {
        Connection kept = spare.poll();
        while (kept != null) {
            if (kept.isValid(5)) {
                return kept;
            }
            quietly(kept);
            kept = spare.poll();
        }
        return source.getConnection();
    }

    /** Whether it is kept: nothing of its use is left then, no lock and no table. */
    private boolean giveBack(Connection connection) throws SQLException {
        if (closed || spare.size() >= MOST || connection.isClosed() || !connection.getAutoCommit()) {
            return false;
        }
        if (connection.unwrap(BaseConnection.class).getTransactionState() != TransactionState.IDLE) {
            return false;
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("DISCARD ALL");
        } catch (SQLException gone) {
            return false;
        }
        spare.push(connection);
        if (closed) {
            clear();
        }
        return true;
    }

    /** Ends those that nobody uses. */
    public void clear() {
        for (Connection kept = spare.poll(); kept != null; kept = spare.poll()) {
            quietly(kept);
        }
    }

    private static void quietly(Connection connection) {
        try {
            connection.close();
        } catch (SQLException gone) {
            // It is of no use any more, and that is all that was wanted.
        }
    }

    @Override
    public void close() {
        closed = true;
        clear();
    }
}
