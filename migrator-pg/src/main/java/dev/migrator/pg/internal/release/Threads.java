package dev.migrator.pg.internal.release;

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
}
