package dev.migrator.pg;

import java.util.List;

/**
 * What came of trying failed rows again.
 *
 * @param mended how many are in step now: filled by it, or written or deleted by the application meanwhile
 * @param failing those that still can't be filled, and why
 * @param rewritten whether a table was rewritten since rows of it failed ({@code VACUUM FULL}, {@code CLUSTER}): then these
 *     could not be tried alone, and the next {@code migrate} looks for them
 */
public record RetryResult(long mended, List<FailedRow> failing, boolean rewritten) {
    /** Copies the list. */
    public RetryResult {
        failing = List.copyOf(failing);
    }
}
