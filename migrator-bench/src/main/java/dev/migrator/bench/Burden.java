package dev.migrator.bench;

import dev.migrator.test.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongUnaryOperator;

/**
 * Something that fills nothing and touches no table: what an application feels of it, it would feel of anything that takes as
 * much of the machine.
 *
 * @param name its name in the results
 * @param statement what one connection does again and again
 * @param pause how long it rests after a statement, by how long that took, in nanoseconds
 * @param time for how long it does so
 */
record Burden(String name, String statement, LongUnaryOperator pause, Duration time) implements Way {
    private static final String COUNTING = "SELECT pg_catalog.count(*) FROM pg_catalog.generate_series(1, 100000)";
    private static final long TURN = 10_000_000L;
    private static final int MESSAGE = 8000;

    /** All, each for as long as a measurement by time lasts. */
    static List<Way> all(Duration time) {
        return List.of(
                new Burden("processor alone", COUNTING, took -> 0, time),
                new Burden("processor alone, a fifth of the time", COUNTING, took -> 4 * took, time),
                log(50, time),
                log(10, time));
    }

    /** The log, in turns of ten milliseconds. */
    private static Burden log(int megabytesPerSecond, Duration time) {
        int messages = Math.max(1, megabytesPerSecond * 1_000_000 / 100 / MESSAGE);
        return new Burden(
                "log alone, " + megabytesPerSecond + " MB/s",
                "SELECT pg_catalog.count(pg_catalog.pg_logical_emit_message(true, 'burden', pg_catalog.repeat('x', "
                        + MESSAGE + "))) FROM pg_catalog.generate_series(1, " + messages + ")",
                took -> TURN - took,
                time);
    }

    @Override
    public void prepare(TestDatabase db) {
        // It needs nothing.
    }

    @Override
    public void fill(TestDatabase db) throws SQLException {
        try (Connection connection = db.connect();
                Statement setting = connection.createStatement();
                PreparedStatement work = connection.prepareStatement(statement)) {
            // As batches do.
            setting.execute("SET synchronous_commit = off");
            long end = System.nanoTime() + time.toNanos();
            for (long begun = System.nanoTime(); begun < end; begun = System.nanoTime()) {
                work.executeQuery().close();
                LockSupport.parkNanos(Math.max(0, pause.applyAsLong(System.nanoTime() - begun)));
            }
        }
    }

    @Override
    public boolean keepsInStep() {
        return false;
    }

    @Override
    public boolean fills() {
        return false;
    }
}
