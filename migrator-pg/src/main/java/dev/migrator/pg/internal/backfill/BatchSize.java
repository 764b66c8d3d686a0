package dev.migrator.pg.internal.backfill;

import java.time.Duration;

/**
 * Over how many blocks one batch goes, so that it holds its row locks for the target time. Shrinks at once, grows slowly, and
 * not for a while after it was in somebody's way.
 */
public final class BatchSize {
    private static final int FIRST = 32;
    private static final double FASTEST_GROWTH = 1.5;
    private static final int CALM_BATCHES = 20;

    private Duration target;
    private int blocks = FIRST;
    private int most = FIRST;
    private int calm;

    /**
     * Begins with a small batch.
     *
     * @param target how long a batch is to take
     */
    public BatchSize(Duration target) {
        this.target = target;
    }

    /**
     * The number of blocks of the next batch.
     *
     * @param limit how many it may have; there is no growing beyond, so that half of it is half of what was
     */
    public int blocks(int limit) {
        most = limit;
        blocks = Math.min(blocks, limit);
        return blocks;
    }

    /** Replaces the target. */
    public void aimAt(Duration newTarget) {
        target = newTarget;
    }

    /** A batch has filled rows and committed. */
    public void took(Duration time) {
        double factor = (double) target.toNanos() / Math.max(1, time.toNanos());
        if (factor < 1) {
            blocks = Math.max(1, (int) (blocks * Math.max(0.5, factor)));
        } else if (calm == 0) {
            blocks = Math.min(most, (int) Math.ceil(blocks * Math.min(FASTEST_GROWTH, factor)));
        }
        calm = Math.max(0, calm - 1);
    }

    /** A batch was too long for somebody: it was cancelled, chosen to end a deadlock, or waited for. */
    public void tooLong() {
        blocks = Math.max(1, blocks / 2);
        calm = CALM_BATCHES;
    }

    /** A batch had nothing to do: larger ones find sooner what there is. */
    public void nothingToDo() {
        blocks = Math.min(most, blocks * 2);
    }
}
