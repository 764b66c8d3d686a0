package dev.migrator.bench;

import dev.migrator.test.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Samples ten times a second how far a replica is behind. */
final class LagSampler implements AutoCloseable {

    private static final long BETWEEN_MILLIS = 100;

    private final Connection connection;
    private final PreparedStatement query;
    private final Lag lag = new Lag();
    private final List<SQLException> failures = new ArrayList<>();
    private final Thread thread = new Thread(this::work, "lag-sampler");
    private volatile boolean closed;

    LagSampler(TestDatabase db, String replica) throws SQLException {
        this.connection = db.connectAsSuperuser();
        this.query = connection.prepareStatement(
                """
                SELECT (pg_current_wal_lsn() - '0/0'::pg_lsn)::bigint, (replay_lsn - '0/0'::pg_lsn)::bigint
                  FROM pg_stat_replication WHERE application_name = ?
                """);
        query.setString(1, replica);
        thread.start();
    }

    private void work() {
        try {
            while (!closed) {
                sample();
                Thread.sleep(BETWEEN_MILLIS);
            }
        } catch (SQLException e) {
            failures.add(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void sample() throws SQLException {
        try (ResultSet row = query.executeQuery()) {
            if (!row.next()) {
                throw new SQLException("The replica is gone.");
            }
            lag.sample(System.nanoTime(), row.getLong(1), row.getLong(2));
        }
    }

    /** Stops, and gives what it has seen. */
    Lag stop() throws SQLException {
        closed = true;
        Closing.join(List.of(thread));
        if (!failures.isEmpty()) {
            throw failures.get(0);
        }
        return lag;
    }

    @Override
    public void close() throws SQLException {
        closed = true;
        Closing.join(List.of(thread));
        connection.close();
    }
}
