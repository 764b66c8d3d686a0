package dev.migrator.test.releases;

/** What a play has found: a record that is not what it has to be, or a statement that failed or took too long. */
final class Disagreement extends Exception {
    private static final long serialVersionUID = 1L;

    Disagreement(String message) {
        super(message);
    }

    Disagreement(String message, Throwable cause) {
        super(message, cause);
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
