package dev.migrator.examples.quickstart;

/** Something did not go as it must. */
final class QuickstartException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    QuickstartException(String message) {
        super(message);
    }
}
