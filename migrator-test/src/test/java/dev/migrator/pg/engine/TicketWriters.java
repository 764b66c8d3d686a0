package dev.migrator.pg.engine;

import dev.migrator.test.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Sessions of a release that knows nothing of a new column: inserts, and updates of rows old and new, all the time, as a role
 * that has the rights on the table which that takes, and no others.
 */
final class TicketWriters implements AutoCloseable {
    private static final int MORE = 200;

    private final AtomicInteger completed = new AtomicInteger();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads;
    private volatile boolean stopped;

    TicketWriters(TestDatabase database, String role, int sessions) {
        this.threads = IntStream.range(0, sessions)
                .mapToObj(session -> new Thread(() -> work(database, role, session), "tickets-" + session))
                .toList();
        threads.forEach(Thread::start);
    }

    private void work(TestDatabase database, String role, int session) {
        try (Connection connection = database.connectAs(role);
                Statement statement = connection.createStatement()) {
            for (int n = session; !stopped; n++) {
                statement.execute(
                        switch (n % 4) {
                            case 0 -> "UPDATE tickets SET note = 'w" + n + "' WHERE id = " + (1 + n % 3000);
                            case 1 -> "INSERT INTO tickets (note) SELECT 'many' FROM generate_series(1, 5)";
                            default -> "INSERT INTO tickets (note) VALUES ('one')";
                        });
                completed.incrementAndGet();
            }
        } catch (SQLException e) {
            failures.add(e.toString());
        }
    }

    /** Waits until some hundred more statements are through, or one has failed. */
    void awaitMore() {
        int enough = completed.get() + MORE;
        while (completed.get() < enough && failures.isEmpty()) {
            Thread.onSpinWait();
        }
    }

    List<String> failures() {
        return List.copyOf(failures);
    }

    @Override
    public void close() throws InterruptedException {
        stopped = true;
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
