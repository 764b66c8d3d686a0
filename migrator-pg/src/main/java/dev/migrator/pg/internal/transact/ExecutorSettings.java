package dev.migrator.pg.internal.transact;

import dev.migrator.BackfillSettings;
import java.time.Duration;

/**
 * How gentle and how patient the executor is.
 *
 * @param maxStall how long one try may keep the application waiting for a lock that the try itself waits for
 * @param maxHold how long the statements under such a lock may take; waiting and holding together is the budget of a try
 * @param patience how old a transaction that is in the way may be before nothing is even tried
 * @param lockDeadline how long a step tries to get its locks, pauses included, before it fails and says who is in the way
 * @param statementLimit how long a statement may take in a transaction that takes no lock that hurts
 * @param batchTarget how long a batch of a backfill should hold its row locks
 * @param failedRowBudget how many rows a backfill passes over before it stops
 * @param chunkBlocks how many blocks a backfill's range has at most
 * @param showValues whether messages about failed rows may quote the rows' values
 * @param transforms what this process can compute
 */
public record ExecutorSettings(
        Duration maxStall,
        Duration maxHold,
        Duration patience,
        Duration lockDeadline,
        Duration statementLimit,
        Duration batchTarget,
        int failedRowBudget,
        int chunkBlocks,
        boolean showValues,
        Transforms transforms) {

    /** Checks that everything that bounds something is positive. */
    public ExecutorSettings {
        for (Duration duration :
                new Duration[] {maxStall, maxHold, patience, lockDeadline, statementLimit, batchTarget}) {
            if (duration.toMillis() < 1) {
                throw new IllegalArgumentException(
                        "a limit of the executor is " + duration + "; it must be 1 ms or more");
            }
        }
        if (failedRowBudget < 0) {
            throw new IllegalArgumentException("failedRowBudget is " + failedRowBudget + "; it must be 0 or more");
        }
        if (chunkBlocks < 1) {
            throw new IllegalArgumentException("chunkBlocks is " + chunkBlocks + "; it must be 1 or more");
        }
    }

    /** Stalls of at most 200 ms, ten minutes for a lock, batches of 50 ms, 100 failed rows, no values in messages. */
    public static ExecutorSettings defaults() {
        return new ExecutorSettings(
                Duration.ofMillis(200),
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Duration.ofMinutes(10),
                Duration.ofSeconds(30),
                Duration.ofMillis(50),
                100,
                4096,
                false,
                Transforms.NONE);
    }

    /** The same with another limit for waiting under which the application's own statements queue. */
    public ExecutorSettings withMaxStall(Duration limit) {
        return new ExecutorSettings(
                limit,
                maxHold,
                patience,
                lockDeadline,
                statementLimit,
                batchTarget,
                failedRowBudget,
                chunkBlocks,
                showValues,
                transforms);
    }

    /** The same with another limit for what happens under a lock. */
    public ExecutorSettings withMaxHold(Duration limit) {
        return new ExecutorSettings(
                maxStall,
                limit,
                patience,
                lockDeadline,
                statementLimit,
                batchTarget,
                failedRowBudget,
                chunkBlocks,
                showValues,
                transforms);
    }

    /** The same with another age from which a transaction in the way counts as a long one. */
    public ExecutorSettings withPatience(Duration limit) {
        return new ExecutorSettings(
                maxStall,
                maxHold,
                limit,
                lockDeadline,
                statementLimit,
                batchTarget,
                failedRowBudget,
                chunkBlocks,
                showValues,
                transforms);
    }

    /** The same with another deadline for locks. */
    public ExecutorSettings withLockDeadline(Duration limit) {
        return new ExecutorSettings(
                maxStall,
                maxHold,
                patience,
                limit,
                statementLimit,
                batchTarget,
                failedRowBudget,
                chunkBlocks,
                showValues,
                transforms);
    }

    /** The same with a backfill that runs as a migration says. */
    public ExecutorSettings withBackfill(BackfillSettings backfill) {
        return withBatchTarget(backfill.batchTarget())
                .withFailedRowBudget(backfill.failedRows())
                .withShowValues(backfill.showValues());
    }

    /** The same with another target for batches. */
    public ExecutorSettings withBatchTarget(Duration target) {
        return new ExecutorSettings(
                maxStall,
                maxHold,
                patience,
                lockDeadline,
                statementLimit,
                target,
                failedRowBudget,
                chunkBlocks,
                showValues,
                transforms);
    }

    /** The same with another number of rows that a backfill may pass over. */
    public ExecutorSettings withFailedRowBudget(int rows) {
        return new ExecutorSettings(
                maxStall,
                maxHold,
                patience,
                lockDeadline,
                statementLimit,
                batchTarget,
                rows,
                chunkBlocks,
                showValues,
                transforms);
    }

    /** The same with ranges of at most so many blocks. */
    public ExecutorSettings withChunkBlocks(int blocks) {
        return new ExecutorSettings(
                maxStall,
                maxHold,
                patience,
                lockDeadline,
                statementLimit,
                batchTarget,
                failedRowBudget,
                blocks,
                showValues,
                transforms);
    }

    /** The same with the values of failed rows quoted in messages, or not. */
    public ExecutorSettings withShowValues(boolean show) {
        return new ExecutorSettings(
                maxStall,
                maxHold,
                patience,
                lockDeadline,
                statementLimit,
                batchTarget,
                failedRowBudget,
                chunkBlocks,
                show,
                transforms);
    }

    /** The same in a process that can compute this. */
    public ExecutorSettings withTransforms(Transforms known) {
        return new ExecutorSettings(
                maxStall,
                maxHold,
                patience,
                lockDeadline,
                statementLimit,
                batchTarget,
                failedRowBudget,
                chunkBlocks,
                showValues,
                known);
    }
}
