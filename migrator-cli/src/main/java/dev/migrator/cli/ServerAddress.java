package dev.migrator.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.postgresql.Driver;

/** Where a JDBC URL leads, in words that hold no password. */
final class ServerAddress {
    private static final String FORM = "jdbc:postgresql://HOST:PORT/DATABASE";

    private ServerAddress() {}

    /** Throws unless a URL is one that the driver understands. The message does not quote it. */
    static void check(String source, String url) {
        if (!url.startsWith("jdbc:postgresql:")) {
            throw new UsageException(source + " is no JDBC URL of PostgreSQL; write it as " + FORM + ".");
        }
        // The driver would take a user or a password before the @ for parts of an address, and show them.
        boolean hasUser = url.replaceFirst("\\?.*", "").indexOf('@') >= 0;
        if (hasUser || parsed(url).isEmpty()) {
            throw new UsageException(source + " can't be understood; write it as " + FORM
                    + (hasUser ? ", without a user: that is --user or MIGRATOR_USER." : "."));
        }
    }

    private static Optional<Properties> parsed(String url) {
        return Optional.ofNullable(Driver.parseURL(url, new Properties()));
    }

    /** Host and port, database and user, for people. */
    static String describe(String url, Optional<String> user) {
        Properties parts = parsed(url).orElseGet(Properties::new);
        String[] hosts = parts.getProperty("PGHOST", "localhost").split(",", -1);
        String[] ports = parts.getProperty("PGPORT", "5432").split(",", -1);
        List<String> places = new ArrayList<>();
        for (int i = 0; i < hosts.length; i++) {
            places.add(hosts[i] + ":" + ports[Math.min(i, ports.length - 1)]);
        }
        String who = user.or(() -> Optional.ofNullable(parts.getProperty("user")))
                .or(() -> Optional.ofNullable(System.getProperty("user.name")))
                .orElse("");
        return String.join(",", places) + ", database " + parts.getProperty("PGDBNAME", who) + ", user " + who;
    }
}
