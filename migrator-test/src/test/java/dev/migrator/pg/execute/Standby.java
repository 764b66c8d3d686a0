package dev.migrator.pg.execute;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.test.PostgresServer;
import dev.migrator.test.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** A physical standby of a server of the tests' own, made by copying its files while it runs. */
final class Standby implements AutoCloseable {
    private static final List<String> SAME_AS_THERE = List.of(
            "max_connections",
            "max_prepared_transactions",
            "max_worker_processes",
            "max_wal_senders",
            "max_locks_per_transaction");

    private final PostgresServer primary;
    private final TestDatabase seat;
    private final String name;
    private final Path data;
    private final Path binaries;
    private final int port;

    private Standby(PostgresServer primary, String name) throws IOException, SQLException {
        this.primary = primary;
        this.seat = primary.createDatabase();
        this.name = name;
        this.binaries = Objects.requireNonNull(
                Files.readSymbolicLink(Path.of("/proc/" + primary.pid().orElseThrow() + "/exe"))
                        .getParent());
        Path original = Path.of(ask(primary.adminUrl(), "SHOW data_directory"));
        this.data = Files.createTempDirectory(original.getParent(), "migrator-standby-");
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            this.port = socket.getLocalPort();
        }
        copy(original);
        start();
    }

    /** A standby that is streaming. */
    static Standby of(PostgresServer primary, String name) {
        try {
            return new Standby(primary, name);
        } catch (IOException | SQLException e) {
            throw new IllegalStateException("no standby of " + primary, e);
        }
    }

    private static String ask(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? String.valueOf(rows.getString(1)) : "";
        }
    }

    private void copy(Path original) throws IOException, SQLException {
        try (Connection connection = DriverManager.getConnection(primary.adminUrl());
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_backup_start('standby', fast => true)");
            try (Stream<Path> files = Files.walk(original)) {
                for (Path file : (Iterable<Path>) files::iterator) {
                    copy(file, data.resolve(original.relativize(file).toString()));
                }
            }
            try (ResultSet stop =
                    statement.executeQuery("SELECT labelfile FROM pg_backup_stop(wait_for_archive => false)")) {
                stop.next();
                Files.writeString(data.resolve("backup_label"), stop.getString(1));
            }
            List<String> settings = new ArrayList<>(List.of(
                    "port = " + port,
                    "unix_socket_directories = ''",
                    "fsync = off",
                    "archive_mode = off",
                    "wal_receiver_status_interval = 1",
                    "wal_retrieve_retry_interval = 100ms",
                    "primary_conninfo = 'host=" + primary.host() + " port=" + primary.port()
                            + " user=postgres application_name=" + name + "'"));
            for (String setting : SAME_AS_THERE) {
                settings.add(setting + " = " + ask(primary.adminUrl(), "SHOW " + setting));
            }
            Files.write(data.resolve("postgresql.auto.conf"), settings);
            Files.createFile(data.resolve("standby.signal"));
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        String name = from.getFileName().toString();
        if (name.startsWith("postmaster.") || (Files.isDirectory(to) && Files.isDirectory(from))) {
            return;
        }
        try {
            Files.copy(from, to);
        } catch (NoSuchFileException goneMeanwhile) {
            // A file that the server has removed; its log knows.
        }
    }

    private void control(String... arguments) {
        List<String> command = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of("unshare", "-U")); // the server refuses to run as root
        }
        command.addAll(List.of(binaries.resolve("pg_ctl").toString(), "-D", data.toString(), "-w"));
        command.addAll(List.of(arguments));
        run(command);
    }

    private void run(List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(
                            data.resolveSibling(data.getFileName() + ".out").toFile())
                    .start();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("%s", command).isTrue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    void start() {
        control("-l", data.resolve("log").toString(), "start");
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (seat.queryLong("SELECT count(*) FROM pg_stat_get_wal_senders()") == 0 || !isStreaming()) {
            assertThat(System.nanoTime())
                    .as("the standby in %s does not stream", data)
                    .isLessThan(deadline);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private boolean isStreaming() {
        try {
            return !ask(
                            primary.adminUrl(),
                            "SELECT pid FROM pg_stat_replication WHERE state = 'streaming' AND replay_lsn IS NOT NULL"
                                    + " AND application_name = '" + name + "'")
                    .isEmpty();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    void stop() {
        control("-m", "immediate", "stop");
    }

    private String onStandby(String sql) {
        try {
            return ask("jdbc:postgresql://localhost:" + port + "/postgres?user=postgres", sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    void pauseReplay() {
        onStandby("SELECT pg_wal_replay_pause()");
    }

    void resumeReplay() {
        onStandby("SELECT pg_wal_replay_resume()");
    }

    /** Its receiver hangs, without a word to the primary. */
    void hang() {
        signal("-STOP");
    }

    void wakeUp() {
        signal("-CONT");
    }

    private void signal(String signal) {
        String receiver = onStandby("SELECT pid FROM pg_stat_activity WHERE backend_type = 'walreceiver'");
        run(List.of("kill", signal, receiver));
    }

    @Override
    public void close() {
        stop();
        seat.close();
        try (Stream<Path> files = Files.walk(data)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
            Files.deleteIfExists(data.resolveSibling(data.getFileName() + ".out"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
