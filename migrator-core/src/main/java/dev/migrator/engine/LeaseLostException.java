package dev.migrator.engine;

import dev.migrator.MigratorException;

/** Another engine has taken the migration over; this one has written nothing since. */
public final class LeaseLostException extends MigratorException {
    private static final long serialVersionUID = 1L;

    /** Makes the exception for a lease. */
    public LeaseLostException(Lease lease) {
        super("Migration " + lease.migration() + ": another engine has taken it over since token " + lease.token()
                + " was given out; this engine has changed nothing after that and stops.");
    }
}
