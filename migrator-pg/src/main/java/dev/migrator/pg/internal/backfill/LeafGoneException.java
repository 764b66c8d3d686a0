package dev.migrator.pg.internal.backfill;

/** A table or partition is not there under its name: it was renamed, dropped or moved, or something else is missing. */
final class LeafGoneException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient RuntimeException otherwise;

    /**
     * About a table or partition.
     *
     * @param otherwise what to throw if it is there
     */
    LeafGoneException(Leaf leaf, RuntimeException otherwise) {
        super(leaf.name() + " is gone", otherwise);
        this.otherwise = otherwise;
    }

    RuntimeException otherwise() {
        return otherwise;
    }
}
