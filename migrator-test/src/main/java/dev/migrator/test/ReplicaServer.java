package dev.migrator.test;

import dev.migrator.test.internal.DataFolder;
import dev.migrator.test.internal.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * A streaming replica of an embedded server, for tests and benchmarks of what lags behind. It has a replication slot, so that
 * the server keeps what it has not received yet; both end with it.
 *
 * <p>It can be slow in the ways of real ones: by a delay, with replay paused, with a receiver that is silent, or not connected
 * at all. Not thread-safe.
 */
public final class ReplicaServer implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final PostgresServer primary;
    private final PostgresServer replica;
    private final String name;
    private long silentReceiver;

    private ReplicaServer(PostgresServer primary, PostgresServer replica, String name) {
        this.primary = primary;
        this.replica = replica;
        this.name = name;
    }

    /**
     * Makes a replica of a server as it is now, while it runs; returns when it streams.
     *
     * @param primary a server of the test's own
     * @param name its {@code application_name} and that of its slot: lower-case letters, digits and underscores
     * @throws IllegalArgumentException if the name can't be that of a slot
     * @throws UnsupportedOperationException if the server's files are not on this machine
     */
    public static ReplicaServer of(PostgresServer primary, String name) {
        if (!name.matches("[a-z0-9_]{1,63}")) {
            throw new IllegalArgumentException("Not the name of a replication slot: " + name);
        }
        if (primary.pid().isEmpty()) {
            throw new UnsupportedOperationException(
                    "A replica is made of a server's files, which " + primary + " keeps elsewhere.");
        }
        withConnection(
                primary,
                admin -> Sql.queryRows(
                        admin, "SELECT 1 FROM pg_catalog.pg_create_physical_replication_slot(?, true)", name));
        try {
            Path data = Files.createTempDirectory(DataFolder.get(), "migrator-replica-");
            Map<String, String> settings = withConnection(primary, admin -> copy(admin, data));
            Files.createFile(data.resolve("standby.signal"));
            // What ALTER SYSTEM set on the primary (archiving, names of standbys) is not meant for this one.
            Files.writeString(
                    data.resolve("postgresql.auto.conf"),
                    "primary_conninfo = '%s'%nprimary_slot_name = '%s'%n".formatted(connection(primary, name), name));
            ReplicaServer made =
                    new ReplicaServer(primary, PostgresServer.on(data, primary.majorVersion(), settings), name);
            made.awaitStreaming();
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException("Can't make a replica of " + primary, e);
        }
    }

    private static String connection(PostgresServer primary, String name) {
        return "host=%s port=%d user=%s application_name=%s"
                .formatted(primary.host(), primary.port(), primary.admin().getUser(), name);
    }

    /** Copies the data, and gives the settings that must not be lower on a replica. */
    private static Map<String, String> copy(Connection admin, Path data) {
        try {
            BaseBackup.copy(admin, data);
        } catch (IOException e) {
            throw new UncheckedIOException("Can't copy a server into " + data, e);
        }
        Map<String, String> settings = new LinkedHashMap<>(Map.of(
                "unix_socket_directories",
                "",
                "wal_receiver_status_interval",
                "1",
                "wal_retrieve_retry_interval",
                "100ms"));
        Sql.queryRows(
                        admin,
                        """
                        SELECT name, setting FROM pg_catalog.pg_settings
                         WHERE name IN ('max_connections', 'max_prepared_transactions', 'max_worker_processes',
                                        'max_wal_senders', 'max_locks_per_transaction')
                        """)
                .forEach(row -> settings.put(row.get(0), row.get(1)));
        return settings;
    }

    private static <T> T withConnection(PostgresServer server, Function<Connection, T> use) {
        try (Connection connection = server.admin().getConnection()) {
            return use.apply(connection);
        } catch (SQLException e) {
            throw new SqlFailure("connecting to " + server, e);
        }
    }

    private String query(String sql) {
        return withConnection(replica, admin -> Sql.queryValue(admin, sql));
    }

    /** Its {@code application_name} in {@code pg_stat_replication}, and the name of its slot. */
    public String name() {
        return name;
    }

    /** The value of the only row of a query on the replica, in a database of the primary; text, as psql shows it. */
    public String queryString(TestDatabase database, String sql) {
        try (Connection reader = replica.superuser(database.name()).getConnection()) {
            return Sql.queryValue(reader, sql);
        } catch (SQLException e) {
            throw new SqlFailure("connecting to " + replica, e);
        }
    }

    /** Changes a setting of the replica that needs no restart, e.g. {@code recovery_min_apply_delay}, {@code 5s}; it is in force then. */
    public void setting(String setting, String value) {
        String before = query("SELECT pg_catalog.pg_conf_load_time()");
        withConnection(replica, admin -> {
            Sql.execute(admin, "ALTER SYSTEM SET %s = %s".formatted(Sql.quote(setting), Sql.literal(value)));
            return Sql.queryRows(admin, "SELECT pg_catalog.pg_reload_conf()");
        });
        // A new session has its settings from the server's first process, which tells all others when it has read them.
        Waiting.until(LIMIT, () -> replica + " does not read its settings", () -> query(
                        "SELECT pg_catalog.pg_conf_load_time() > '" + before + "'")
                .equals("t"));
    }

    /** Applies each commit so long after it was made; zero: at once. */
    public void applyDelay(Duration delay) {
        setting("recovery_min_apply_delay", delay.toMillis() + "ms");
    }

    /** Receives and does not apply; returns when nothing is applied any more. */
    public void pauseReplay() {
        withConnection(replica, admin -> Sql.queryRows(admin, "SELECT pg_catalog.pg_wal_replay_pause()"));
        Waiting.until(LIMIT, () -> replica + " goes on replaying", () -> query(
                        "SELECT pg_catalog.pg_get_wal_replay_pause_state()")
                .equals("paused"));
    }

    /** Goes on applying. */
    public void resumeReplay() {
        withConnection(replica, admin -> Sql.queryRows(admin, "SELECT pg_catalog.pg_wal_replay_resume()"));
    }

    /** Its receiver hangs (SIGSTOP): the primary hears nothing from it, and goes on counting it as streaming for a while. */
    public void hang() {
        silentReceiver =
                Long.parseLong(query("SELECT pid FROM pg_catalog.pg_stat_activity WHERE backend_type = 'walreceiver'"));
        signal("-STOP");
    }

    /** Ends {@link #hang}. */
    public void wakeUp() {
        if (silentReceiver != 0) {
            signal("-CONT");
            silentReceiver = 0;
        }
    }

    private void signal(String signal) {
        try {
            int exit = new ProcessBuilder("kill", signal, Long.toString(silentReceiver))
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new IllegalStateException("kill %s %d ended with %d".formatted(signal, silentReceiver, exit));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Can't send signals", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while sending a signal", e);
        }
    }

    /** Leaves the primary, as a replica does that is down; returns when the primary has noticed. */
    public void disconnect() {
        setting("primary_conninfo", "");
        Waiting.until(LIMIT, () -> name + " is still connected to " + primary, () -> state().equals("none"));
    }

    /** Comes back; returns when it streams. */
    public void reconnect() {
        setting("primary_conninfo", connection(primary, name));
        awaitStreaming();
    }

    private void awaitStreaming() {
        Waiting.until(
                LIMIT,
                () -> "%s does not stream from %s; its log: %s".formatted(name, primary, replica.logFile()),
                () -> state().equals("streaming"));
    }

    private String state() {
        return ofSender("coalesce(max(state), 'none')");
    }

    /** What the primary knows of it: an aggregate over its row in {@code pg_stat_replication}. */
    private String ofSender(String aggregate) {
        return withConnection(
                primary,
                admin -> Sql.queryValue(
                        admin,
                        "SELECT %s FROM pg_catalog.pg_stat_replication WHERE application_name = ?".formatted(aggregate),
                        name));
    }

    /** Waits until it has applied all that the primary has written by now. */
    public void awaitCaughtUp() {
        String now = withConnection(primary, admin -> Sql.queryValue(admin, "SELECT pg_catalog.pg_current_wal_lsn()"));
        Waiting.until(LIMIT, () -> replica + " has not come to " + now, () -> query(
                        "SELECT pg_catalog.pg_last_wal_replay_lsn() >= '" + now + "'")
                .equals("t"));
    }

    /** Stops it, removes its data and its slot. */
    @Override
    public void close() {
        wakeUp();
        replica.close();
        Waiting.until(LIMIT, () -> "the slot of " + name + " is still in use", () -> withConnection(
                        primary,
                        admin -> Sql.queryValue(
                                admin, "SELECT active FROM pg_catalog.pg_replication_slots WHERE slot_name = ?", name))
                .equals("f"));
        withConnection(primary, admin -> Sql.queryRows(admin, "SELECT pg_catalog.pg_drop_replication_slot(?)", name));
    }

    @Override
    public String toString() {
        return "replica " + name + ", " + replica;
    }
}
