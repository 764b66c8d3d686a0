package dev.migrator.test;

import dev.migrator.test.internal.Waiting;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Another session of the application: it holds a transaction, and so its locks, open until it is closed.
 *
 * <pre>{@code
 * try (BackgroundSession reader = BackgroundSession.holding(db, "BEGIN; SELECT * FROM users LIMIT 1")) {
 *     // whatever needs ACCESS EXCLUSIVE on users waits here
 * }
 * }</pre>
 *
 * <p>To be used by one thread.
 */
public final class BackgroundSession implements AutoCloseable {

    private final TestDatabase database;
    private final Connection connection;
    private final int pid;
    // One thread, made when first needed: what is started in the background runs in the order in which it was started.
    private final ExecutorService background = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "background-session");
        thread.setDaemon(true);
        return thread;
    });

    private BackgroundSession(TestDatabase database, Connection connection) {
        this.database = database;
        this.connection = connection;
        this.pid = Sql.queryInt(connection, "SELECT pg_catalog.pg_backend_pid()");
    }

    /** A session of the owner that has run this SQL, several statements if need be, when the method returns. */
    public static BackgroundSession holding(TestDatabase database, String sql) {
        return holding(database, database.user(), sql);
    }

    /** As {@link #holding(TestDatabase, String)}, of another role. */
    public static BackgroundSession holding(TestDatabase database, String role, String sql) {
        BackgroundSession session = new BackgroundSession(database, database.connectAs(role));
        try {
            session.execute(sql);
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
        return session;
    }

    /** The process id of its backend, as in {@code pg_stat_activity} and {@code pg_blocking_pids()}. */
    public int pid() {
        return pid;
    }

    /** Runs more in the same transaction. */
    public void execute(String sql) {
        Sql.execute(connection, sql);
    }

    /** Queries in the same transaction; rows as {@link TestDatabase#queryRows} gives them. */
    public List<List<String>> queryRows(String sql, Object... arguments) {
        return Sql.queryRows(connection, sql, arguments);
    }

    /** Runs more without waiting for its end, e.g. because it will wait for a lock. */
    public CompletableFuture<Void> start(String sql) {
        return CompletableFuture.runAsync(() -> execute(sql), background);
    }

    /** Waits until its statement waits for a lock that another session holds. */
    public void awaitBlocked() {
        Waiting.until(
                Duration.ofSeconds(30),
                () -> "session " + pid + " is not blocked",
                () -> database.queryBoolean("SELECT cardinality(pg_catalog.pg_blocking_pids(?)) > 0", pid));
    }

    /** Waits until another session waits for a lock that this one holds. */
    public void awaitBlocking() {
        Waiting.until(
                Duration.ofSeconds(30),
                () -> "session " + pid + " blocks nobody",
                () -> database.queryBoolean(
                        """
                        SELECT EXISTS (SELECT FROM pg_catalog.pg_locks
                                       WHERE NOT granted AND ? = ANY (pg_catalog.pg_blocking_pids(pid)))
                        """,
                        pid));
    }

    /** Rolls back, disconnects, and waits until the server has released its locks. */
    @Override
    public void close() {
        background.shutdownNow();
        try (Connection admin = database.server().admin().getConnection()) {
            // Not in the test's database, which may be gone. Ends it even while a statement of the background thread
            // holds the connection.
            connection.abort(Runnable::run);
            Sql.queryRows(admin, "SELECT pg_catalog.pg_terminate_backend(?, 30000)", pid);
        } catch (SQLException e) {
            throw new SqlFailure("closing background session " + pid, e);
        }
    }
}
