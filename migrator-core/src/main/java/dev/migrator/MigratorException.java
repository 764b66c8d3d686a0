package dev.migrator;

import org.jspecify.annotations.Nullable;

/** Something that the migrator could not do. The message says what, why, what was left behind and what to do. */
public class MigratorException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * An exception of its own.
     *
     * @param message what happened, for people
     */
    public MigratorException(String message) {
        super(message);
    }

    /**
     * An exception that another one led to.
     *
     * @param message what happened, for people
     * @param cause what led to it; as in Java's own exceptions, {@code null} if nothing did
     */
    public MigratorException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
