package dev.migrator.bench;

import dev.migrator.test.PostgresServer;
import dev.migrator.test.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The server that all scenarios measure on: as durable as one in production, its data on a disk. */
final class Site implements AutoCloseable {

    private static final List<String> SETTINGS = List.of(
            "fsync",
            "synchronous_commit",
            "full_page_writes",
            "wal_level",
            "wal_compression",
            "shared_buffers",
            "max_wal_size",
            "checkpoint_timeout",
            "autovacuum",
            "autovacuum_naptime");

    private final PostgresServer server;
    private final Map<String, String> environment;

    private Site(PostgresServer server) {
        this.server = server;
        this.environment = environment(server);
        for (String durable : List.of("fsync", "synchronous_commit", "full_page_writes")) {
            if (!"on".equals(environment.get(durable))) {
                server.close();
                throw new IllegalStateException(durable + " is " + environment.get(durable)
                        + "; figures of a server that may lose what was committed mean nothing.");
            }
        }
    }

    /** Starts it. */
    static Site start(Options options) throws IOException {
        return new Site(PostgresServer.builder()
                .dataIn(Files.createDirectories(options.folder().resolve("data")))
                .setting("fsync", "on")
                .setting("synchronous_commit", "on")
                .setting("full_page_writes", "on")
                .setting("shared_buffers", "256MB")
                // Checkpoints come when a scenario asks for one, so that every run logs about the same full pages.
                .setting("max_wal_size", "32GB")
                .setting("checkpoint_timeout", "1h")
                .setting("max_connections", "150")
                .start());
    }

    private static Map<String, String> environment(PostgresServer server) {
        Map<String, String> found = new LinkedHashMap<>();
        try (TestDatabase db = server.createDatabase()) {
            found.put("version", db.queryString("SHOW server_version"));
            SETTINGS.forEach(setting -> found.put(setting, db.queryString("SHOW " + setting)));
        }
        Runtime machine = Runtime.getRuntime();
        found.put("cores", Integer.toString(machine.availableProcessors()));
        found.put("heap", (machine.maxMemory() >> 20) + " MB");
        found.put("java", Runtime.version().toString());
        found.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        found.put("at", Instant.now().toString());
        return found;
    }

    PostgresServer server() {
        return server;
    }

    /** Version, settings, machine. */
    Map<String, String> environment() {
        return environment;
    }

    /** A database with the table, and nothing left to write to the disk. */
    TestDatabase items(Layout layout, long rows) {
        TestDatabase db = server.createDatabase();
        Items.create(db, layout, rows);
        db.executeAsSuperuser("CHECKPOINT");
        return db;
    }

    @Override
    public void close() {
        server.close();
    }
}
