package dev.migrator.test;

/** The base schema of a test suite does not apply; the message names the file and the line. */
public final class BaseSchemaException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BaseSchemaException(String message) {
        super(message);
    }

    BaseSchemaException(String message, Throwable cause) {
        super(message, cause);
    }
}
