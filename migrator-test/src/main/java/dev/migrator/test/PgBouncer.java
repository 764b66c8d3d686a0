package dev.migrator.test;

import dev.migrator.test.internal.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A PgBouncer in transaction mode in front of a test database, where one is installed: each transaction goes to whichever of
 * a few server connections is free, and settings of a session stay behind on it for others.
 */
public final class PgBouncer implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(15);

    private final TestDatabase database;
    private final Process process;
    private final int port;
    private final Path folder;

    private PgBouncer(TestDatabase database, Process process, int port, Path folder) {
        this.database = database;
        this.process = process;
        this.port = port;
        this.folder = folder;
    }

    /** Why none can be started here; empty if one can. For {@code assumeThat}. */
    public static Optional<String> missing() {
        return program().isPresent()
                ? Optional.empty()
                : Optional.of("There is no program pgbouncer on the PATH, in /usr/sbin or /usr/local/sbin.");
    }

    private static Optional<Path> program() {
        Stream<String> path = Stream.of(System.getenv().getOrDefault("PATH", "").split(java.io.File.pathSeparator));
        return Stream.concat(path, Stream.of("/usr/sbin", "/usr/local/sbin"))
                .filter(folder -> !folder.isBlank())
                .map(folder -> Path.of(folder, "pgbouncer"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /**
     * Starts one for the owner of a database.
     *
     * @param serverConnections how many connections to the server its clients share
     * @throws IllegalStateException if {@link #missing} names a reason, or it does not start
     */
    public static PgBouncer inFrontOf(TestDatabase database, int serverConnections) {
        Path program =
                program().orElseThrow(() -> new IllegalStateException(missing().orElse("")));
        try {
            int port = freePort();
            Path folder = Files.createTempDirectory("pgbouncer-");
            Path config = Files.writeString(folder.resolve("pgbouncer.ini"), config(database, port, serverConnections));
            List<String> command = new ArrayList<>(List.of(program.toString()));
            if (System.getProperty("user.name").equals("root")) {
                command.addAll(List.of("-u", "nobody")); // it refuses to run as root
            }
            command.add(config.toString());
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("log").toFile())
                    .start();
            PgBouncer bouncer = new PgBouncer(database, process, port, folder);
            bouncer.awaitStart();
            return bouncer;
        } catch (IOException e) {
            throw new UncheckedIOException("Can't start " + program, e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static String config(TestDatabase database, int port, int serverConnections) {
        return """
                [databases]
                %s = host=%s port=%d dbname=%s user=%s password=%s
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %d
                unix_socket_dir =
                auth_type = any
                pool_mode = transaction
                default_pool_size = %d
                max_client_conn = 100
                ignore_startup_parameters = extra_float_digits
                """
                .formatted(
                        database.name(),
                        database.server().host(),
                        database.server().port(),
                        database.name(),
                        database.user(),
                        database.password(),
                        port,
                        serverConnections);
    }

    private void awaitStart() {
        try {
            Waiting.until(
                    START_LIMIT, () -> this + " does not listen: " + log(), () -> !process.isAlive() || listens());
            if (!process.isAlive()) {
                throw new IllegalStateException(this + " has ended with " + process.exitValue() + ": " + log());
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private boolean listens() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    /** What it has logged. */
    public String log() {
        try {
            return Files.readString(folder.resolve("log"));
        } catch (IOException e) {
            throw new UncheckedIOException("The log can't be read", e);
        }
    }

    /** The database's URL through it. */
    public String url() {
        return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, database.name());
    }

    /** Connections of the owner through it, which prepare nothing at the server, as any behind such a pooler must. */
    public PGSimpleDataSource dataSource() {
        PGSimpleDataSource source = database.dataSource();
        source.setServerNames(new String[] {"127.0.0.1"});
        source.setPortNumbers(new int[] {port});
        source.setPrepareThreshold(0);
        return source;
    }

    /** Ends it and all connections through it. */
    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("Can't remove " + folder, e);
        }
    }

    @Override
    public String toString() {
        return "PgBouncer on port " + port + " for " + database.name();
    }
}
