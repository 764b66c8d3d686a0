package dev.migrator.pg.internal.backfill;

/** Another worker has taken the range: this one had been silent for too long, or the table was rewritten. */
final class ChunkLostException extends RuntimeException {
    private static final long serialVersionUID = 1L;
}
