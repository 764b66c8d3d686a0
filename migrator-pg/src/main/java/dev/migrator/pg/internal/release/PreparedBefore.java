package dev.migrator.pg.internal.release;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.WeakHashMap;
import org.postgresql.core.BaseConnection;

/**
 * Up to which change of tables each connection has forgotten what it has prepared on the server. Connections of a pool come back,
 * and may have slept through a change.
 */
final class PreparedBefore {
    /** The driver's connections, which are equal to themselves only; that of a pool that does not show it counts once a loan. */
    private final Map<Connection, Long> forgottenAt = new WeakHashMap<>();

    /** Forgets what the session has prepared, if that may be from before tables changed, or while they are about to. */
    void forget(Connection connection, Entry entry) throws SQLException {
        Connection physical =
                connection.isWrapperFor(BaseConnection.class) ? connection.unwrap(BaseConnection.class) : connection;
        // While tables are about to change nothing is prepared: the first time in that is enough.
        long now = entry.unprepared() ? -1 - entry.tableChanges() : entry.tableChanges();
        if (!isForgotten(physical, now)) {
            deallocate(connection);
            keep(physical, now);
        }
    }

    private synchronized boolean isForgotten(Connection physical, long now) {
        return Long.valueOf(now).equals(forgottenAt.get(physical));
    }

    private synchronized void keep(Connection physical, long now) {
        forgottenAt.put(physical, now);
    }

    private static void deallocate(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("DEALLOCATE ALL");
        }
    }
}
