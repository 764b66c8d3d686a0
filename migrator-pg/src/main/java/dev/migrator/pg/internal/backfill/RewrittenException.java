package dev.migrator.pg.internal.backfill;

/** A table was rewritten while it was walked over: its rows have changed place. */
public final class RewrittenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public RewrittenException(Leaf leaf) {
        super(leaf.name() + " was rewritten", null, false, false);
    }
}
