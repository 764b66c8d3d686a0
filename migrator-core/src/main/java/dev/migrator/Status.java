package dev.migrator;

/** How a migration stands in its phase. */
public enum Status {
    /** The phase has not begun. */
    PENDING,
    /** The phase is being worked on. */
    RUNNING,
    /** A gate before the phase is shut. */
    WAITING,
    /** Someone stopped it, and it goes on when someone resumes it. */
    PAUSED,
    /** The phase stopped with an error that does not go away by itself. */
    FAILED,
    /** The phase is done. */
    COMPLETE
}
