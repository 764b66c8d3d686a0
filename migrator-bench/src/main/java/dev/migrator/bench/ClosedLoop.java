package dev.migrator.bench;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** As much work as some connections can do: each sends its next request after the answer to the last one. */
final class ClosedLoop implements AutoCloseable {

    private final Latencies latencies = new Latencies();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean closed;

    private ClosedLoop(Requests.Factory factory, int connections, AtomicLong numbers) throws SQLException {
        for (int i = 0; i < connections; i++) {
            Requests requests = factory.open();
            threads.add(new Thread(() -> work(requests, numbers), "closed-loop-" + i));
        }
        threads.forEach(Thread::start);
    }

    /**
     * Starts it; it works until it is closed.
     *
     * @param numbers gives the requests' numbers
     */
    static ClosedLoop start(Requests.Factory factory, int connections, AtomicLong numbers) throws SQLException {
        return new ClosedLoop(factory, connections, numbers);
    }

    /** Works for a time. */
    static Latencies run(Requests.Factory factory, int connections, AtomicLong numbers, Duration time)
            throws SQLException, InterruptedException {
        try (ClosedLoop loop = start(factory, connections, numbers)) {
            Thread.sleep(time.toMillis());
            loop.close();
            return loop.latencies;
        }
    }

    Latencies latencies() {
        return latencies;
    }

    private void work(Requests requests, AtomicLong numbers) {
        try (requests) {
            while (!closed) {
                long begin = System.nanoTime();
                try {
                    requests.answer(numbers.getAndIncrement());
                    latencies.add(System.nanoTime() - begin);
                } catch (SQLException e) {
                    latencies.failed(e);
                }
            }
        } catch (SQLException e) {
            latencies.failed(e);
        }
    }

    @Override
    public void close() {
        closed = true;
        Closing.join(threads);
    }
}
