package dev.migrator.pg;

import dev.migrator.MigratorException;

/** An approval that could never count, so that it is not recorded: nobody is asked for it, or not this person. */
public final class ApprovalRefusedException extends MigratorException {
    private static final long serialVersionUID = 1L;

    ApprovalRefusedException(String message) {
        super(message + " Nothing was recorded.");
    }
}
