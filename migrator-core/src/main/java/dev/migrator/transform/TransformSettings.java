package dev.migrator.transform;

import dev.migrator.internal.check.Checks;
import java.time.Duration;
import java.util.OptionalInt;

/**
 * How a transform is called.
 *
 * @param batchSize how many rows at most are given to one call
 * @param timeLimit how long one call may take
 * @param retries how often a call that failed is made again, before its batch is halved, and for a row alone before it counts as
 *     failed
 * @param backoff the pause before the first retry; it doubles from retry to retry
 * @param rowsPerSecond how many rows a second are given to it, by this process; empty: as many as there are
 */
public record TransformSettings(
        int batchSize, Duration timeLimit, int retries, Duration backoff, OptionalInt rowsPerSecond) {

    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException with all that can't be
     */
    public TransformSettings {
        new Checks()
                .addIf(batchSize < 1, "batchSize", "is " + batchSize + "; it must be 1 or more")
                .duration("timeLimit", timeLimit)
                .addIf(retries < 0, "retries", "is " + retries + "; it must be 0 or more")
                .duration("backoff", backoff)
                .addIf(rowsPerSecond.isPresent() && rowsPerSecond.getAsInt() < 1, "rowsPerSecond", "must be 1 or more")
                .throwIfAny();
    }

    /** Batches of 64 rows, a minute for a call, three retries from half a second on, no limit to the rate. */
    public static TransformSettings defaults() {
        return new TransformSettings(64, Duration.ofMinutes(1), 3, Duration.ofMillis(500), OptionalInt.empty());
    }

    /**
     * The same with other batches.
     *
     * @param rows how many rows at most
     * @return the settings
     */
    public TransformSettings withBatchSize(int rows) {
        return new TransformSettings(rows, timeLimit, retries, backoff, rowsPerSecond);
    }

    /**
     * The same with another time limit.
     *
     * @param limit for one call
     * @return the settings
     */
    public TransformSettings withTimeLimit(Duration limit) {
        return new TransformSettings(batchSize, limit, retries, backoff, rowsPerSecond);
    }

    /**
     * The same with other retries.
     *
     * @param number how many
     * @param firstPause before the first one
     * @return the settings
     */
    public TransformSettings withRetries(int number, Duration firstPause) {
        return new TransformSettings(batchSize, timeLimit, number, firstPause, rowsPerSecond);
    }

    /**
     * The same with a limit to the rate.
     *
     * @param rows how many a second
     * @return the settings
     */
    public TransformSettings withRowsPerSecond(int rows) {
        return new TransformSettings(batchSize, timeLimit, retries, backoff, OptionalInt.of(rows));
    }
}
