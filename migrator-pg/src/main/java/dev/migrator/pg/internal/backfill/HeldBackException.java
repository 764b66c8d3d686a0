package dev.migrator.pg.internal.backfill;

/**
 * The throttle has stopped a worker in the middle of a range, which it gives back rather than keep it from others; or something
 * else waits for the worker.
 */
final class HeldBackException extends RuntimeException {
    private static final long serialVersionUID = 1L;
}
