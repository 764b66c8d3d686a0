package dev.migrator.cli;

import java.util.logging.Level;
import java.util.logging.Logger;

/** What of the log reaches stderr; must be decided before the first logger is made. */
final class Logging {
    /** The driver's own log: what it has to say arrives as an exception. Held, because the JDK forgets unused loggers. */
    private static final Logger DRIVER = Logger.getLogger("org.postgresql");

    private Logging() {}

    static void quiet() {
        DRIVER.setLevel(Level.OFF);
    }

    static void verbose() {
        System.setProperty("org.slf4j.simpleLogger.log.dev.migrator", "debug");
    }
}
