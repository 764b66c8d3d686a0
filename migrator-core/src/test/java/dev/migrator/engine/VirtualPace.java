package dev.migrator.engine;

import java.time.Duration;

/** Waits by moving the in-memory database's clock; repeats nothing. */
final class VirtualPace implements Pace {
    private final InMemoryTables tables;

    VirtualPace(InMemoryTables tables) {
        this.tables = tables;
    }

    @Override
    public void pause(Duration duration) {
        tables.pass(duration);
    }

    @Override
    public Handle every(Duration interval, Runnable task) {
        return () -> {};
    }
}
