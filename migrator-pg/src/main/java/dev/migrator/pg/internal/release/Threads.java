package dev.migrator.pg.internal.release;

import java.time.Duration;

/** Ends of threads. */
public final class Threads {
    private Threads() {}

    /** Waits until a thread has ended, even when interrupted meanwhile; the interrupt is kept. */
    public static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits so long until a thread has ended, or until interrupted; whether it has. */
    public static boolean join(Thread thread, Duration limit) {
        try {
            thread.join(limit.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }
}
