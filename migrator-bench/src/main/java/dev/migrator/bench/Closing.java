package dev.migrator.bench;

import java.util.List;

/** Waits for threads, whatever else is asked of this one meanwhile. */
final class Closing {

    private Closing() {}

    static void join(List<Thread> threads) {
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
