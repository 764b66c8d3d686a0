package dev.migrator.engine;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Real time; each repeated task has a thread of its own, so that a slow one delays no other. */
final class SystemPace implements Pace {
    static final SystemPace INSTANCE = new SystemPace();

    private static final Logger LOG = LoggerFactory.getLogger(SystemPace.class);

    private SystemPace() {}

    @Override
    public void pause(Duration duration) {
        long until = System.nanoTime() + duration.toNanos();
        long left = duration.toNanos();
        while (left > 0 && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(this, left);
            left = until - System.nanoTime();
        }
    }

    @Override
    public Handle every(Duration interval, Runnable task) {
        ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread made = new Thread(work, "migrator-lease");
            made.setDaemon(true);
            return made;
        });
        Future<?> turns = thread.scheduleAtFixedRate(
                () -> quietly(task), interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
        return () -> {
            turns.cancel(false);
            thread.shutdown();
        };
    }

    // A task that throws would never be called again.
    private static void quietly(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.warn("A repeated task failed; it is tried again at its next turn", e);
        }
    }
}
