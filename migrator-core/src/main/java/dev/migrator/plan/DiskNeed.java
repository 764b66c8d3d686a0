package dev.migrator.plan;

import java.util.OptionalLong;

/**
 * What a plan needs of a disk, and what there is.
 *
 * @param place the disk, for people
 * @param bytes by how much the tables and indexes there grow, and what building an index needs for the time
 * @param walBytes how much of the log may lie there at a time: {@code max_wal_size}
 * @param free how much is free there; empty if that is not known
 */
public record DiskNeed(String place, long bytes, long walBytes, OptionalLong free) {
    private static final double SAFETY = 1.5;

    /** How much has to be free: half as much again as was estimated, and the log. */
    public long required() {
        return Math.round(bytes * SAFETY) + walBytes;
    }

    /** Whether it is known that there is not enough. */
    public boolean isTooLittle() {
        return free.isPresent() && free.getAsLong() < required();
    }
}
