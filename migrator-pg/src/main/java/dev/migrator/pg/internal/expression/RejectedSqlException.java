package dev.migrator.pg.internal.expression;

import dev.migrator.MigratorException;

/** The server does not take a piece of user-written SQL. */
public final class RejectedSqlException extends MigratorException {
    private static final long serialVersionUID = 1L;

    /** Makes the exception from what is wrong, as the end of a sentence that begins with the key. */
    public RejectedSqlException(String message) {
        super(message);
    }

    /** Makes the exception from what the server said. */
    public RejectedSqlException(String message, Throwable cause) {
        super(message, cause);
    }
}
