package dev.migrator.maven;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.maven.plugin.logging.Log;

/** Keeps what the libraries below say out of a build's log, unless {@code -X} asks for it: the goals tell it in their own words. */
final class MavenLogging {
    private static final String LEVEL = "org.slf4j.simpleLogger.log.";

    /** The driver's own log: what it has to say arrives as an exception. Held, because the JDK forgets unused loggers. */
    private static final Logger DRIVER = Logger.getLogger("org.postgresql");

    private MavenLogging() {}

    /**
     * Must come before the first of their loggers is made. A level that somebody has set stays, and so does {@code -q}; the
     * goals' own loggers are those of this package, and not touched.
     */
    static void quiet(Log log) {
        DRIVER.setLevel(Level.OFF);
        // With -X too: it logs the URL, and masks a password in it only up to some characters.
        System.setProperty(LEVEL + "com.zaxxer.hikari.HikariConfig", "off");
        if (!log.isDebugEnabled()) {
            level("com.zaxxer.hikari", "off");
            if (log.isInfoEnabled()) {
                List.of("dev.migrator.engine", "dev.migrator.pg", "dev.migrator.cli", "org.flywaydb")
                        .forEach(name -> level(name, "warn"));
            }
        }
    }

    private static void level(String name, String level) {
        System.getProperties().putIfAbsent(LEVEL + name, level);
    }
}
