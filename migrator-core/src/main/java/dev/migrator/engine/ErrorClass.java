package dev.migrator.engine;

/** What the engine does about a failure. */
public enum ErrorClass {
    /** Nothing happened, and it may work the next time: try again. */
    TRANSIENT,
    /** Nothing happened, and it will not work the next time either: stop and say so. */
    PERMANENT,
    /** Nothing happened: a live instance of the application needs what would be taken away. Wait, as for a gate. */
    IN_USE,
    /** Whether it happened is not known: look before doing anything else. */
    UNKNOWN
}
