package dev.migrator.test;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Starts a {@link PostgresServer} with settings of its own.
 *
 * <p>Set already, and replaced by {@link #setting}: {@code max_prepared_transactions=20}, {@code synchronous_commit=on} as
 * in production ({@code fsync} is off all the same), {@code log_lock_waits=on}, {@code log_line_prefix}, {@code
 * unix_socket_directories} empty, {@code max_connections=300}, {@code timezone=UTC}.
 */
public final class PostgresServerBuilder {
    private final Map<String, String> settings = new LinkedHashMap<>(Map.of(
            "max_prepared_transactions", "20",
            "synchronous_commit", "on",
            "log_lock_waits", "on",
            "log_line_prefix", "%m [%p] %u@%d %a ",
            "unix_socket_directories", ""));
    private Optional<Path> dataFolder = Optional.empty();
    private int major = PostgresServer.chosenMajor();

    PostgresServerBuilder() {}

    /** The major version, 14 to 18; replaces that of the system property {@value PostgresServer#VERSION}. */
    public PostgresServerBuilder major(int version) {
        this.major = version;
        return this;
    }

    /** A setting of {@code postgresql.conf}, e.g. {@code wal_level}, {@code logical}; replaces an earlier value. */
    public PostgresServerBuilder setting(String name, String value) {
        settings.put(name, value);
        return this;
    }

    /** As {@link #setting}, for logical replication: {@code wal_level=logical}. */
    public PostgresServerBuilder logicalReplication() {
        return setting("wal_level", "logical");
    }

    /** Where its data directory is made, e.g. on the disk that a benchmark is about; replaces memory if there is room. */
    public PostgresServerBuilder dataIn(Path folder) {
        this.dataFolder = Optional.of(folder);
        return this;
    }

    Map<String, String> settings() {
        return settings;
    }

    /**
     * Starts it; less than a second once the build is unpacked.
     *
     * @throws IllegalArgumentException with everything that is wrong with the version and the settings' names
     * @throws IllegalStateException if there is no build of that version, or the server does not start
     */
    public PostgresServer start() {
        List<String> wrong = new ArrayList<>();
        if (major < 14 || major > 18) {
            wrong.add("PostgreSQL " + major + " (14 to 18 are supported)");
        }
        settings.keySet().stream()
                .filter(name -> !name.matches("[A-Za-z_][A-Za-z0-9_.]*"))
                .forEach(name -> wrong.add("a setting named \"" + name + "\""));
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException("Can't start a server with " + String.join(", ", wrong) + ".");
        }
        return PostgresServer.own(major, settings, dataFolder, true);
    }
}
