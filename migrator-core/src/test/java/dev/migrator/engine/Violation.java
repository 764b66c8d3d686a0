package dev.migrator.engine;

/** Something happened that must never happen. */
final class Violation extends AssertionError {
    private static final long serialVersionUID = 1L;

    Violation(String what) {
        super(what);
    }

    static void unless(boolean fine, String what) {
        if (!fine) {
            throw new Violation(what);
        }
    }
}
