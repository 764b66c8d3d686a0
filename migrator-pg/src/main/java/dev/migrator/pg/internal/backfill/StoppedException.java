package dev.migrator.pg.internal.backfill;

/** A worker was asked to stop, and stopped between two batches. */
final class StoppedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
}
