package dev.migrator.engine;

import java.time.Duration;

/** How an engine waits, apart from the database's clock: settable, so that tests and simulations decide. */
public interface Pace {

    /** Real time. */
    static Pace system() {
        return SystemPace.INSTANCE;
    }

    /** Waits that long, or until the thread is interrupted. */
    void pause(Duration duration);

    /** Calls a task again and again at that interval, on another thread, until the handle is closed. */
    Handle every(Duration interval, Runnable task);

    /** Ends a repeated task. */
    interface Handle extends AutoCloseable {
        @Override
        void close();
    }
}
