package dev.migrator;

import dev.migrator.internal.check.Checks;
import java.time.Duration;
import java.util.Optional;

/**
 * How a migration's backfills run. These may change while it runs, and are no part of its checksum.
 *
 * @param batchTarget how long one batch should hold its row locks
 * @param workers how many batches run at the same time, 1 to 64
 * @param pauseAboveReplicaLag the replica lag above which the backfill pauses; empty: lag is not looked at
 */
public record BackfillSettings(Duration batchTarget, int workers, Optional<Duration> pauseAboveReplicaLag) {

    private static final BackfillSettings DEFAULTS = new BackfillSettings(Duration.ofMillis(50), 1, Optional.empty());

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
}
