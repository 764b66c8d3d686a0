package dev.migrator.pg;

import dev.migrator.Uses;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What an application instance says of itself when it {@linkplain PostgresMigrator#register registers}.
 *
 * @param uses which shape its code uses, by migration; a migration that is not named counts as {@link Uses#OLD}, except one whose
 *     PURGE is complete, of which there is only one shape left
 * @param leaseTime for how long it counts as live without a sign of life; it gives three in that time
 * @param waitFor for how long registering waits until the schema is safe for it; zero: it is refused at once
 * @param listens whether it keeps one connection of the pool on which it hears announcements at once; without, it learns of
 *     them with its next sign of life
 */
public record InstanceSettings(Map<String, Uses> uses, Duration leaseTime, Duration waitFor, boolean listens) {
    private static final Duration LONGEST_LEASE = Duration.ofDays(1);

    /**
     * Copies the map.
     *
     * @throws IllegalArgumentException if the lease is shorter than a second or longer than a day, or the time to wait is negative
     */
    public InstanceSettings {
        uses = Map.copyOf(uses);
        if (leaseTime.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("leaseTime: is " + leaseTime + "; it must be a second or more");
        }
        if (leaseTime.compareTo(LONGEST_LEASE) > 0) {
            throw new IllegalArgumentException("leaseTime: is " + leaseTime
                    + "; it must be a day or less: an instance that is killed holds gates closed for so long");
        }
        if (waitFor.isNegative()) {
            throw new IllegalArgumentException("waitFor: must not be negative, is " + waitFor);
        }
    }

    /** A lease of fifteen seconds; refused at once; listens. */
    public static InstanceSettings defaults() {
        return new InstanceSettings(Map.of(), Duration.ofSeconds(15), Duration.ZERO, true);
    }

    /**
     * The same, with what the code makes of one more migration.
     *
     * @param migration its id
     * @param what which shape it uses
     * @return the settings
     */
    public InstanceSettings withUses(String migration, Uses what) {
        Map<String, Uses> more = new TreeMap<>(uses);
        more.put(Objects.requireNonNull(migration, "migration"), Objects.requireNonNull(what, "what"));
        return new InstanceSettings(more, leaseTime, waitFor, listens);
    }

    /**
     * The same with another lease.
     *
     * @param time a second or more
     * @return the settings
     */
    public InstanceSettings withLeaseTime(Duration time) {
        return new InstanceSettings(uses, time, waitFor, listens);
    }

    /**
     * The same, waiting until the schema is safe.
     *
     * @param limit for how long
     * @return the settings
     */
    public InstanceSettings withWaitFor(Duration limit) {
        return new InstanceSettings(uses, leaseTime, limit, listens);
    }

    /** The same, for a pool that can't spare a connection: it learns of announcements with its next sign of life. */
    public InstanceSettings withoutListening() {
        return new InstanceSettings(uses, leaseTime, waitFor, false);
    }
}
