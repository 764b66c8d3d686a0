package dev.migrator.engine;

/**
 * What came of trying failed rows again.
 *
 * @param mended rows that are in step now: filled by it, or written or deleted by the application meanwhile
 * @param rewritten whether the table was rewritten since they failed, so that their places are not known any more
 */
public record RetryReport(long mended, boolean rewritten) {

    /** What came of both together. */
    RetryReport plus(RetryReport other) {
        return new RetryReport(mended + other.mended, rewritten || other.rewritten);
    }
}
