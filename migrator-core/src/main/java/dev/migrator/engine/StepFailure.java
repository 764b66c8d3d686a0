package dev.migrator.engine;

import dev.migrator.MigratorException;
import java.util.Optional;

/** The database refused or broke off a piece of work. The engine retries, looks, or stops, by its class. */
public final class StepFailure extends MigratorException {
    private static final long serialVersionUID = 1L;

    private final ErrorClass errorClass;
    private final String sqlState;

    /**
     * Makes a failure.
     *
     * @param errorClass what can be done about it
     * @param sqlState the five characters of the server's error code, or empty
     * @param message what happened, with numbers, what was left, what to do
     * @param cause the driver's exception, if there is one
     */
    public StepFailure(ErrorClass errorClass, String sqlState, String message, Optional<? extends Throwable> cause) {
        super(message, cause.orElse(null));
        this.errorClass = errorClass;
        this.sqlState = sqlState;
    }

    /** What can be done about it. */
    public ErrorClass errorClass() {
        return errorClass;
    }

    /** The server's error code, or empty. */
    public String sqlState() {
        return sqlState;
    }
}
