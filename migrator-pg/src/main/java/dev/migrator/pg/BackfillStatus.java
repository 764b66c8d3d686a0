package dev.migrator.pg;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * How far a backfill has come.
 *
 * @param blocksTotal blocks of the tables in all
 * @param blocksDone blocks that have been swept
 * @param rows rows filled
 * @param rowsPerSecond rows filled a second since it began; empty before there is a rate
 * @param etaSeconds seconds that it will take yet at that rate; empty before there is a rate
 * @param skipped rows that were passed over because somebody held them, and to which it comes back
 * @param failedRows rows whose expression failed
 * @param workers who works on it now
 * @param freshness how far what the application computes is behind; empty if it computes nothing, or no more
 */
public record BackfillStatus(
        long blocksTotal,
        long blocksDone,
        long rows,
        Optional<Double> rowsPerSecond,
        Optional<Long> etaSeconds,
        long skipped,
        long failedRows,
        List<WorkerStatus> workers,
        Optional<Freshness> freshness) {

    /** Copies the list. */
    public BackfillStatus {
        workers = List.copyOf(workers);
    }

    /**
     * How far a column that the application computes is behind what releases write.
     *
     * @param entries rows that wait to be computed
     * @param oldestSeconds how long the oldest of them has waited
     */
    public record Freshness(long entries, long oldestSeconds) {}

    /** One in which the application computes nothing. */
    public BackfillStatus(
            long blocksTotal,
            long blocksDone,
            long rows,
            Optional<Double> rowsPerSecond,
            Optional<Long> etaSeconds,
            long skipped,
            long failedRows,
            List<WorkerStatus> workers) {
        this(blocksTotal, blocksDone, rows, rowsPerSecond, etaSeconds, skipped, failedRows, workers, Optional.empty());
    }

    /** One on which nobody works. */
    public BackfillStatus(
            long blocksTotal,
            long blocksDone,
            long rows,
            Optional<Double> rowsPerSecond,
            Optional<Long> etaSeconds,
            long skipped,
            long failedRows) {
        this(blocksTotal, blocksDone, rows, rowsPerSecond, etaSeconds, skipped, failedRows, List.of());
    }

    /**
     * How fast it goes: what the throttle says to the worker that it holds back most.
     *
     * @return empty while nobody works on it
     */
    public Optional<ThrottleStatus> throttle() {
        return workers.stream().map(WorkerStatus::throttle).max(Comparator.comparingDouble(ThrottleStatus::strictness));
    }
}
