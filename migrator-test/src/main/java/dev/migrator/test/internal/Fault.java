package dev.migrator.test.internal;

/**
 * One thing that goes wrong.
 *
 * @param at the number of the counted statement
 * @param kind what happens
 * @param hook what is run, for the kinds that run something
 */
public record Fault(int at, Kind kind, Runnable hook) {

    /** What happens. */
    public enum Kind {
        /** Runs the hook before the statement. */
        HOOK_BEFORE,
        /** The process dies and the statement is not sent. */
        CRASH_BEFORE,
        /** The connection breaks and the statement is not sent. */
        CUT_BEFORE,
        /** Runs the hook after the statement. */
        HOOK_AFTER,
        /** The process dies after the statement. */
        CRASH_AFTER,
        /** The connection breaks after the statement. */
        LOSE_ANSWER
    }

    @Override
    public String toString() {
        return kind + " at statement " + at;
    }
}
