package dev.migrator.pg.internal.execute;

/** A table was rewritten while it was walked over: its rows have changed place. */
final class RewrittenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RewrittenException(Leaf leaf) {
        super(leaf.name() + " was rewritten", null, false, false);
    }
}
