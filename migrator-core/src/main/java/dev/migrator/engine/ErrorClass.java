package dev.migrator.engine;

/** What the engine does about a failure. */
public enum ErrorClass {
    /** Nothing happened, and it may work the next time: try again. */
    TRANSIENT,
    /** Nothing happened, and it will not work the next time either: stop and say so. */
    PERMANENT,
    /** Whether it happened is not known: look before doing anything else. */
    UNKNOWN
}
