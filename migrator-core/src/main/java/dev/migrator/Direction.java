package dev.migrator;

/** Which way a migration walks through its phases. */
public enum Direction {
    /** From EXPAND to PURGE. */
    FORWARD,
    /** Back, phase by phase, each undone. */
    ROLLING_BACK
}
