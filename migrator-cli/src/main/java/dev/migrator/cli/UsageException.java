package dev.migrator.cli;

import dev.migrator.MigratorException;

/** The command was not used as it is meant to be; nothing was done. */
final class UsageException extends MigratorException {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
