package dev.migrator.pg.execute;

import dev.migrator.test.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;

/** An application that runs short statements all the time, each of which must succeed. */
public final class Application implements AutoCloseable {
    private final AtomicInteger completed = new AtomicInteger();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicLong slowestNanos = new AtomicLong();
    private final AtomicReference<String> slowestStatement = new AtomicReference<>("none");
    private final List<Thread> threads;
    private volatile boolean stopped;

    /**
     * Starts one.
     *
     * @param statements the SQL of the n-th transaction
     */
    public Application(TestDatabase db, int sessions, IntFunction<String> statements) {
        AtomicInteger numbers = new AtomicInteger();
        this.threads = java.util.stream.IntStream.range(0, sessions)
                .mapToObj(session -> new Thread(() -> work(db, numbers, statements), "application-" + session))
                .toList();
        threads.forEach(Thread::start);
    }

    private void work(TestDatabase db, AtomicInteger numbers, IntFunction<String> statements) {
        try (Connection connection = db.connect();
                Statement statement = connection.createStatement()) {
            // A guard, not a measure: who waits that long has been blocked for good.
            statement.execute("SET statement_timeout = '20s'");
            while (!stopped) {
                String sql = statements.apply(numbers.incrementAndGet());
                long begun = System.nanoTime();
                try {
                    statement.execute(sql);
                    measured(sql, System.nanoTime() - begun);
                    completed.incrementAndGet();
                } catch (SQLException e) {
                    failures.add(sql + ": " + e.getMessage());
                    statement.execute("ROLLBACK");
                }
            }
        } catch (SQLException e) {
            failures.add(e.toString());
        }
    }

    private void measured(String sql, long nanos) {
        if (nanos > slowestNanos.getAndAccumulate(nanos, Math::max)) {
            slowestStatement.set(sql);
        }
    }

    /** How long the slowest statement that succeeded has taken. */
    public Duration slowest() {
        return Duration.ofNanos(slowestNanos.get());
    }

    /** What it has done, and how long the slowest of it took, for people. */
    public String measured() {
        return completed() + " statements, the slowest " + slowest().toMillis() + " ms: " + slowestStatement.get();
    }

    /** How many statements have succeeded. */
    public int completed() {
        return completed.get();
    }

    /** Waits until it has done so many more transactions, or one has failed. */
    public void doesMore(int transactions) {
        int until = completed() + transactions;
        while (completed() < until && failures.isEmpty()) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** The statements that failed, with the reason. */
    public List<String> failures() {
        return List.copyOf(failures);
    }

    @Override
    public void close() {
        stopped = true;
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
