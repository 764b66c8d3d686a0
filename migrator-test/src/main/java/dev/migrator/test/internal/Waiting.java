package dev.migrator.test.internal;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what another process does, by asking again and again. */
public final class Waiting {

    private static final long BETWEEN = TimeUnit.MILLISECONDS.toNanos(10);

    private Waiting() {}

    /**
     * Returns as soon as the condition holds.
     *
     * @param limit a guard against waiting for ever, far longer than it should take
     * @param otherwise what is wrong when the limit has passed
     * @throws IllegalStateException when the limit has passed, or the thread is interrupted
     */
    public static void until(Duration limit, Supplier<String> otherwise, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > limit.toNanos()) {
                throw new IllegalStateException(
                        "Waited for %d s in vain: %s.".formatted(limit.toSeconds(), otherwise.get()));
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new IllegalStateException("Interrupted while waiting: " + otherwise.get() + ".");
            }
            LockSupport.parkNanos(BETWEEN);
        }
    }
}
