package dev.migrator.pg;

import dev.migrator.Uses;
import java.time.Instant;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A live instance of the application.
 *
 * @param id {@code host/pid/random}
 * @param release its release
 * @param role the user of its sessions
 * @param application the {@code application_name} of its sessions
 * @param registeredAt when it registered
 * @param heartbeatAt its last sign of life
 * @param expiresAt when it counts as dead unless it gives another one
 * @param uses what it makes of the migrations that it knows
 */
public record InstanceStatus(
        String id,
        String release,
        String role,
        String application,
        Instant registeredAt,
        Instant heartbeatAt,
        Instant expiresAt,
        SortedMap<String, Use> uses) {
    /** Copies the map. */
    public InstanceStatus {
        uses = Collections.unmodifiableSortedMap(new TreeMap<>(uses));
    }

    /**
     * What it makes of a migration.
     *
     * @param uses the shape that its code uses
     * @param acknowledged whether it works by the shape that is announced now; matters for {@link Uses#BOTH}
     */
    public record Use(Uses uses, boolean acknowledged) {}
}
