package dev.migrator.test.internal;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;

/** A server of our own, from a build on the class path or in the folder of {@link Binaries}. */
public final class EmbeddedServer implements RunningServer {

    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final Pattern NEEDS_NO_QUOTES = Pattern.compile("[A-Za-z0-9_.:,/@%+-]+");

    private final EmbeddedPostgres server;
    private final Path dataDirectory;
    private final Path logFile;
    private final long pid;
    private final Optional<Watchdog> watchdog;
    private final Thread stopAtExit = new Thread(this::stopServer, "postgres-stop");
    private final AtomicBoolean stopped = new AtomicBoolean();

    private EmbeddedServer(EmbeddedPostgres server, Path dataDirectory, Path logFile, Optional<Watchdog> watchdog)
            throws IOException {
        this.server = server;
        this.dataDirectory = dataDirectory;
        this.logFile = logFile;
        this.watchdog = watchdog;
        this.pid = Long.parseLong(Files.readAllLines(dataDirectory.resolve("postmaster.pid"))
                .get(0)
                .trim());
        Runtime.getRuntime().addShutdownHook(stopAtExit);
    }

    /**
     * Starts a server in a new data directory; it takes less than a second once its build is unpacked.
     *
     * @param dataFolder where to make the data directory; empty: as {@link DataFolder} chooses
     * @throws IllegalStateException if there is no build of that version, or it does not start
     */
    public static EmbeddedServer start(int major, Map<String, String> settings, Optional<Path> dataFolder) {
        try {
            Path dataDirectory = Files.createTempDirectory(
                    dataFolder.isPresent() ? Files.createDirectories(dataFolder.get()) : DataFolder.get(),
                    "migrator-postgres-" + major + "-");
            return start(major, settings, dataDirectory, true);
        } catch (IOException e) {
            throw new UncheckedIOException("Can't make a data directory for PostgreSQL " + major, e);
        }
    }

    /**
     * Starts a server on data that are there: those of a replica.
     *
     * @param dataDirectory the data directory, which is removed when the server stops
     * @throws IllegalStateException as {@link #start} does
     */
    public static EmbeddedServer startOn(Path dataDirectory, int major, Map<String, String> settings) {
        return start(major, settings, dataDirectory, false);
    }

    private static EmbeddedServer start(int major, Map<String, String> settings, Path dataDirectory, boolean empty) {
        try {
            Path logFile = newLogFile(major);
            Optional<Watchdog> watchdog = Watchdog.over(dataDirectory);
            EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                    .setDataDirectory(dataDirectory)
                    .setCleanDataDirectory(empty)
                    .setRegisterShutdownHook(false)
                    .setPGStartupWait(START_LIMIT)
                    .setOutputRedirector(ProcessBuilder.Redirect.appendTo(logFile.toFile()));
            Binaries.jar(major).map(Binaries::in).ifPresent(builder::setPgBinaryResolver);
            settings.forEach((name, value) -> builder.setServerConfig(name, shellWord(value)));
            try {
                return new EmbeddedServer(builder.start(), dataDirectory, logFile, watchdog);
            } catch (IOException | RuntimeException e) {
                // Left to itself: the watchdog stops a server that came up too late, and removes the directory.
                watchdog.ifPresent(Watchdog::act);
                throw new IllegalStateException(
                        "PostgreSQL %d did not start within %d s with %s. Its log, %s, ends with: %s"
                                .formatted(major, START_LIMIT.toSeconds(), settings, logFile, tail(logFile)),
                        e);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Can't prepare to start PostgreSQL %d on %s".formatted(major, dataDirectory), e);
        }
    }

    // pg_ctl hands the settings to a shell.
    private static String shellWord(String value) {
        return NEEDS_NO_QUOTES.matcher(value).matches() ? value : "'" + value.replace("'", "'\\''") + "'";
    }

    private static Path newLogFile(int major) throws IOException {
        Path target = Path.of("target").toAbsolutePath();
        Path folder = Files.isDirectory(target) ? target : Path.of(System.getProperty("java.io.tmpdir"));
        return Files.createTempFile(
                Files.createDirectories(folder.resolve("postgres-logs")), "postgres-" + major + "-", ".log");
    }

    private static String tail(Path logFile) throws IOException {
        List<String> lines = Files.readAllLines(logFile);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
    }

    @Override
    public String host() {
        return "localhost";
    }

    @Override
    public int port() {
        return server.getPort();
    }

    @Override
    public String superuser() {
        return "postgres";
    }

    @Override
    public String password() {
        return "";
    }

    @Override
    public String maintenanceDatabase() {
        return "postgres";
    }

    @Override
    public Optional<Path> logFile() {
        return Optional.of(logFile);
    }

    @Override
    public OptionalLong pid() {
        return OptionalLong.of(pid);
    }

    @Override
    public Optional<String> leaveRunning() {
        // Its end is somebody else's from now on: neither this JVM's, nor that of the process that watches over it.
        stopped.set(true);
        watchdog.ifPresent(Watchdog::dismiss);
        return Optional.of(
                "Its server runs on: stop it with 'kill -INT %d' and remove %s.".formatted(pid, dataDirectory));
    }

    @Override
    public void stop() {
        stopServer();
        try {
            Runtime.getRuntime().removeShutdownHook(stopAtExit);
        } catch (IllegalStateException exiting) {
            // The hook runs already, and finds nothing left to do.
        }
    }

    private void stopServer() {
        if (stopped.getAndSet(true)) {
            return;
        }
        try {
            server.close();
            // pg_ctl returns when the process has removed its pid file, which is a moment before it ends.
            Waiting.until(START_LIMIT, () -> this + " has not ended", () -> !Processes.isRunning(pid));
        } catch (IOException e) {
            throw new UncheckedIOException("Can't stop " + this, e);
        } finally {
            // A server that pg_ctl could not stop is still there with its directory: then the watchdog does it.
            watchdog.ifPresent(Files.exists(dataDirectory) ? Watchdog::act : Watchdog::dismiss);
        }
    }

    /** Where the data lies, for tests of the server's own files. */
    public Path dataDirectory() {
        return dataDirectory;
    }

    @Override
    public String toString() {
        return "PostgreSQL on port " + port() + ", process " + pid + ", data in " + dataDirectory;
    }
}
