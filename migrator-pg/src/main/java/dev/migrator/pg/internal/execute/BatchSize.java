package dev.migrator.pg.internal.execute;

import java.time.Duration;

/**
 * How many blocks a window has, so that one batch, a stripe of it, holds its row locks for the target time. Shrinks at once,
 * grows slowly.
 */
final class BatchSize {
    private static final int FIRST = 64;
    private static final int MOST = 800;
    private static final double FASTEST_GROWTH = 1.25;
    private static final int CALM_WINDOWS = 10;

    private final Duration target;
    private int window = FIRST;
    private int frozen;
    private long nanos;
    private int batches;
    private boolean trouble;

    BatchSize(Duration target) {
        this.target = target;
    }

    /** The number of blocks of the next window. */
    int window() {
        return window;
    }

    /** A batch has filled rows and committed. */
    void took(Duration time) {
        nanos += time.toNanos();
        batches++;
    }

    /** A batch was too long for somebody: it was cancelled, or chosen to end a deadlock. */
    void tooLong() {
        trouble = true;
    }

    /** A window had nothing to do: larger ones find sooner what there is. */
    void nothingToDo() {
        window = Math.min(MOST, window * 2);
    }

    /** A window is over: decides about the next one. */
    void windowDone() {
        if (trouble) {
            window = Math.max(1, window / 2);
            frozen = CALM_WINDOWS;
        } else if (batches > 0) {
            double factor = (double) target.toNanos() / Math.max(1, nanos / batches);
            if (factor < 1) {
                window = Math.max(1, (int) (window * Math.max(0.5, factor)));
            } else if (frozen == 0) {
                window = Math.min(MOST, (int) Math.ceil(window * Math.min(FASTEST_GROWTH, factor)));
            }
            frozen = Math.max(0, frozen - 1);
        }
        trouble = false;
        nanos = 0;
        batches = 0;
    }
}
