package dev.migrator;

import dev.migrator.internal.check.Checks;
import dev.migrator.throttle.ThrottleKey;
import dev.migrator.throttle.ThrottleSettings;
import java.time.Duration;
import java.util.Optional;

/**
 * How a migration's backfills run. These may change while it runs, and are no part of its checksum.
 *
 * @param batchTarget how long one batch should hold its row locks
 * @param workers how many batches run at the same time, 1 to 64
 * @param pauseAboveReplicaLag the replica lag above which the backfill pauses, and from half of which it slows down; empty:
 *     lag is not looked at, unless {@code throttle} says so
 * @param throttle what else it looks at between batches
 */
public record BackfillSettings(
        Duration batchTarget, int workers, Optional<Duration> pauseAboveReplicaLag, ThrottleSettings throttle) {

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
        this(batchTarget, workers, pauseAboveReplicaLag, ThrottleSettings.defaults());
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
        checks.throwIfAny();
    }

    /**
     * Batches of 50 ms, one worker, whatever the replica lag.
     *
     * @return the settings of a migration that says nothing about them
     */
    public static BackfillSettings defaults() {
        return DEFAULTS;
    }

    /** The same with another time for which a batch should hold its row locks. */
    public BackfillSettings withBatchTarget(Duration target) {
        return new BackfillSettings(target, workers, pauseAboveReplicaLag, throttle);
    }

    /** The same with another number of workers. */
    public BackfillSettings withWorkers(int number) {
        return new BackfillSettings(batchTarget, number, pauseAboveReplicaLag, throttle);
    }

    /** The same with another replica lag above which it pauses. */
    public BackfillSettings withPauseAboveReplicaLag(Optional<Duration> lag) {
        return new BackfillSettings(batchTarget, workers, lag, throttle);
    }

    /** The same with another throttle. */
    public BackfillSettings withThrottle(ThrottleSettings settings) {
        return new BackfillSettings(batchTarget, workers, pauseAboveReplicaLag, settings);
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
}
