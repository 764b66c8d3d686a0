package dev.migrator.engine;

import dev.migrator.MigratorException;

/**
 * Thrown at a checkpoint of a long step when somebody asked the migration to pause, or interrupted the thread; all that was done
 * is kept.
 */
public final class PausedException extends MigratorException {
    private static final long serialVersionUID = 1L;

    /** Makes the exception. */
    public PausedException(String migration) {
        super("Migration " + migration + " is asked to pause.");
    }
}
