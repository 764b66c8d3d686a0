package dev.migrator.pg.execute;

import dev.migrator.engine.Pace;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * Pauses that are over at once and count all the same, so that deadlines come without anybody waiting for them. A test can do
 * something at the n-th pause.
 */
final class TestPace implements Pace {
    private final AtomicInteger pauses = new AtomicInteger();
    private final AtomicReference<Runnable> hook = new AtomicReference<>(() -> {});
    private volatile int hookAt = Integer.MAX_VALUE;

    /** Does something, once, at the n-th pause from now. */
    TestPace atPause(int n, Runnable action) {
        hook.set(action);
        hookAt = pauses.get() + n;
        return this;
    }

    int pauses() {
        return pauses.get();
    }

    @Override
    public void pause(Duration duration) {
        if (pauses.incrementAndGet() >= hookAt) {
            hookAt = Integer.MAX_VALUE;
            hook.getAndSet(() -> {}).run();
        }
        // Gives others a turn on a machine with few cores.
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }

    @Override
    public Handle every(Duration interval, Runnable task) {
        ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread made = new Thread(work, "test-pace");
            made.setDaemon(true);
            return made;
        });
        var unused = thread.scheduleAtFixedRate(task, 20, 20, TimeUnit.MILLISECONDS);
        return thread::shutdown;
    }
}
