package dev.migrator.pg;

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
 */
public record BackfillStatus(
        long blocksTotal,
        long blocksDone,
        long rows,
        Optional<Double> rowsPerSecond,
        Optional<Long> etaSeconds,
        long skipped,
        long failedRows) {}
