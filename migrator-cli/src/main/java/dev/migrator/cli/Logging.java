package dev.migrator.cli;

/** What of the log reaches stderr; must be decided before the first logger is made. */
final class Logging {
    private static volatile boolean verbose;

    private Logging() {}

    static void verbose() {
        verbose = true;
        System.setProperty("org.slf4j.simpleLogger.log.dev.migrator", "debug");
    }

    static boolean isVerbose() {
        return verbose;
    }
}
