package dev.migrator.plan;

import dev.migrator.QualifiedName;
import java.time.Duration;

/**
 * What a step that touches every row will take, as far as can be told before: a backfill, or the building of an index.
 * It is told with a plan and not recorded.
 *
 * @param step the step's ordinal
 * @param table the table
 * @param rows how many rows it fills, or reads
 * @param time how long it takes if it has the machine for itself; zero if it could not be tried
 * @param walBytes how much it writes to the log, right after a checkpoint
 * @param tableBytesBefore the table's size now, with TOAST and indexes
 * @param extraTableBytes by how much the table will have grown, with TOAST
 * @param extraIndexBytes by how much its indexes will have grown, or how large the new one will be
 * @param basis by what the figures were come by, and how sure they are, for people
 */
public record Estimate(
        int step,
        QualifiedName table,
        long rows,
        Duration time,
        long walBytes,
        long tableBytesBefore,
        long extraTableBytes,
        long extraIndexBytes,
        String basis) {

    /** How much more of the disk is used after it. */
    public long extraBytes() {
        return extraTableBytes + extraIndexBytes;
    }
}
