package dev.migrator.test.internal;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * A server that somebody else started and that goes on after the tests.
 *
 * @param host where it listens
 * @param port where it listens
 * @param maintenanceDatabase the database that the URL names
 * @param superuser the user that the URL names, {@code postgres} if none
 * @param password the password in the URL
 */
public record OutsideServer(String host, int port, String maintenanceDatabase, String superuser, String password)
        implements RunningServer {

    /**
     * Reads a URL such as {@code jdbc:postgresql://db.example:5432/postgres?user=postgres&password=secret}.
     *
     * @throws IllegalArgumentException if pgjdbc can't read it, or it names more than one host
     */
    public static OutsideServer at(String url) {
        Properties parsed = Driver.parseURL(url, new Properties());
        if (parsed == null) {
            throw new IllegalArgumentException(
                    "Not a JDBC URL of PostgreSQL (it is not shown, since it may hold a password)."
                            + " Give one as jdbc:postgresql://host:port/database?user=…&password=….");
        }
        String host = property(parsed, PGProperty.PG_HOST, "localhost");
        if (host.contains(",")) {
            throw new IllegalArgumentException("Several hosts in one URL: " + host + ". Give the primary alone.");
        }
        return new OutsideServer(
                host,
                Integer.parseInt(property(parsed, PGProperty.PG_PORT, "5432")),
                property(parsed, PGProperty.PG_DBNAME, "postgres"),
                property(parsed, PGProperty.USER, "postgres"),
                property(parsed, PGProperty.PASSWORD, ""));
    }

    private static String property(Properties parsed, PGProperty property, String otherwise) {
        return parsed.getProperty(property.getName(), otherwise);
    }

    @Override
    public Optional<Path> logFile() {
        return Optional.empty();
    }

    @Override
    public OptionalLong pid() {
        return OptionalLong.empty();
    }

    @Override
    public Optional<String> leaveRunning() {
        return Optional.empty();
    }

    @Override
    public void stop() {
        // Not ours to stop; the databases made in it are dropped by themselves.
    }

    @Override
    public String toString() {
        return "PostgreSQL at " + host + ":" + port;
    }
}
