package dev.migrator;

import dev.migrator.internal.check.Checks;
import dev.migrator.throttle.ThrottleKey;
import dev.migrator.throttle.ThrottleSettings;
import java.time.Duration;
import java.util.Optional;

/**
 * How a migration's backfills run. These may change while it runs, and are no part of its checksum; but for the choice about
 * the table's own triggers, which is recorded with the plan.
 *
 * @param batchTarget how long one batch should hold its row locks
 * @param workers how many batches run at the same time, 1 to 64
 * @param pauseAboveReplicaLag the replica lag above which the backfill pauses, and from half of which it slows down; empty:
 *     lag is not looked at, unless {@code throttle} says so
 * @param throttle what else it looks at between batches
 * @param failedRows how many rows that can't be filled are passed over before the backfill stops, 0 or more
 * @param showValues whether the records of failed rows may quote the rows' values
 * @param userTriggers whether the backfill's updates fire the table's own triggers
 */
public record BackfillSettings(
        Duration batchTarget,
        int workers,
        Optional<Duration> pauseAboveReplicaLag,
        ThrottleSettings throttle,
        int failedRows,
        boolean showValues,
        UserTriggers userTriggers) {

    /** What becomes of the table's own triggers when the backfill updates a row. */
    public enum UserTriggers {
        /** They fire, as for any other update. */
        FIRE,
        /**
         * They are left out, as by {@code session_replication_role = replica}, for which the role needs the right; but for
         * those that are enabled {@code ALWAYS} or {@code REPLICA}.
         */
        SKIP
    }

    private static final int FAILED_ROWS = 100;
    private static final BackfillSettings DEFAULTS = new BackfillSettings(Duration.ofMillis(50), 1, Optional.empty());

    /**
     * Settings with the throttle's defaults.
     *
     * @param batchTarget how long one batch should hold its row locks
     * @param workers how many batches run at the same time, 1 to 64
     * @param pauseAboveReplicaLag the replica lag above which the backfill pauses
     * @throws IllegalArgumentException if one is out of its range
     */
    public BackfillSettings(Duration batchTarget, int workers, Optional<Duration> pauseAboveReplicaLag) {
        this(
                batchTarget,
                workers,
                pauseAboveReplicaLag,
                ThrottleSettings.defaults(),
                FAILED_ROWS,
                false,
                UserTriggers.FIRE);
    }

    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException if one is out of its range
     */
    public BackfillSettings {
        Checks checks = new Checks().duration("batchTarget", batchTarget);
        if (workers < 1 || workers > 64) {
            checks.add("workers", "is " + workers + "; it must be from 1 to 64");
        }
        pauseAboveReplicaLag.ifPresent(lag -> checks.duration("pauseAboveReplicaLag", lag));
        if (failedRows < 0) {
            checks.add("failedRows", "is " + failedRows + "; it must be 0 or more");
        }
        checks.throwIfAny();
    }

    /**
     * Batches of 50 ms, one worker, whatever the replica lag; 100 failed rows, whose values are not shown; triggers fire.
     *
     * @return the settings of a migration that says nothing about them
     */
    public static BackfillSettings defaults() {
        return DEFAULTS;
    }

    /** The same with another time for which a batch should hold its row locks. */
    public BackfillSettings withBatchTarget(Duration target) {
        return new BackfillSettings(
                target, workers, pauseAboveReplicaLag, throttle, failedRows, showValues, userTriggers);
    }

    /** The same with another number of workers. */
    public BackfillSettings withWorkers(int number) {
        return new BackfillSettings(
                batchTarget, number, pauseAboveReplicaLag, throttle, failedRows, showValues, userTriggers);
    }

    /** The same with another replica lag above which it pauses. */
    public BackfillSettings withPauseAboveReplicaLag(Optional<Duration> lag) {
        return new BackfillSettings(batchTarget, workers, lag, throttle, failedRows, showValues, userTriggers);
    }

    /** The same with another throttle. */
    public BackfillSettings withThrottle(ThrottleSettings settings) {
        return new BackfillSettings(
                batchTarget, workers, pauseAboveReplicaLag, settings, failedRows, showValues, userTriggers);
    }

    /**
     * What the throttle looks at: its own settings, and the replica lag above which the backfill pauses unless they say
     * something else about it.
     *
     * @return the settings
     */
    public ThrottleSettings effectiveThrottle() {
        return pauseAboveReplicaLag
                .filter(lag -> !throttle.values().containsKey(ThrottleKey.REPLICA_LAG))
                .map(lag -> throttle.with(ThrottleKey.REPLICA_LAG, lag.toMillis() + "ms"))
                .orElse(throttle);
    }

    /**
     * The same with another budget for rows that can't be filled.
     *
     * @param most how many are passed over before the backfill stops; 0: the first one stops it
     * @return the settings
     */
    public BackfillSettings withFailedRows(int most) {
        return new BackfillSettings(
                batchTarget, workers, pauseAboveReplicaLag, throttle, most, showValues, userTriggers);
    }

    /**
     * The same with the values of failed rows in their records, or without.
     *
     * @param show whether the server's messages are recorded as they are
     * @return the settings
     */
    public BackfillSettings withShowValues(boolean show) {
        return new BackfillSettings(
                batchTarget, workers, pauseAboveReplicaLag, throttle, failedRows, show, userTriggers);
    }

    /**
     * The same with another choice about the table's own triggers.
     *
     * @param choice whether they fire for the backfill's updates
     * @return the settings
     */
    public BackfillSettings withUserTriggers(UserTriggers choice) {
        return new BackfillSettings(
                batchTarget, workers, pauseAboveReplicaLag, throttle, failedRows, showValues, choice);
    }
}
