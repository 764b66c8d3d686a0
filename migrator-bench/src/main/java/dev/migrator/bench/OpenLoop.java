package dev.migrator.bench;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * An application whose users do not wait for each other: a request arrives every so often, however long the ones before it
 * take. A request's latency counts from when it arrived, so that a stall counts for all that queue up behind it; a loop that
 * sends the next request after the answer to the last one would see one slow request and call the rest fast.
 */
final class OpenLoop implements AutoCloseable {

    private final long begin = System.nanoTime();
    private final long interval;
    private final AtomicLong numbers = new AtomicLong();
    /** The arrival of the request that each thread is at; it has answered all its earlier ones. */
    private final AtomicLongArray at;

    private final List<Thread> threads = new ArrayList<>();
    private final Object turning = new Object();
    private volatile Period period = new Period(begin, new Latencies(), null);
    private volatile boolean closed;

    /** From a moment on, requests that arrive count for these latencies. */
    private record Period(long begin, Latencies latencies, @Nullable Period before) {}

    /**
     * Starts it.
     *
     * @param connections how many requests can be answered at the same time
     * @param rate requests a second
     */
    OpenLoop(Requests.Factory factory, int connections, int rate) throws SQLException {
        this.interval = 1_000_000_000L / rate;
        this.at = new AtomicLongArray(connections);
        for (int thread = 0; thread < connections; thread++) {
            at.set(thread, begin);
            Requests requests = factory.open();
            int index = thread;
            threads.add(new Thread(() -> work(index, requests), "open-loop-" + thread));
        }
        threads.forEach(Thread::start);
    }

    private void work(int thread, Requests requests) {
        try (requests) {
            while (!closed) {
                long number = numbers.getAndIncrement();
                long arrival = begin + number * interval;
                at.set(thread, arrival);
                long early = arrival - System.nanoTime();
                while (early > 0 && !closed) {
                    LockSupport.parkNanos(early);
                    early = arrival - System.nanoTime();
                }
                answer(requests, number, arrival);
            }
        } catch (SQLException e) {
            period.latencies.failed(e);
        } finally {
            at.set(thread, Long.MAX_VALUE);
        }
    }

    private void answer(Requests requests, long number, long arrival) {
        try {
            requests.answer(number);
            periodOf(arrival).latencies.add(System.nanoTime() - arrival);
        } catch (SQLException e) {
            periodOf(arrival).latencies.failed(e);
        }
    }

    private Period periodOf(long arrival) {
        Period found = period;
        while (found.before != null && arrival < found.begin) {
            found = found.before;
        }
        return found;
    }

    /** Ends a period: the latencies of all requests that arrived since the last one, once the last of them is answered. */
    Latencies lap() {
        synchronized (turning) {
            Period over = period;
            long end = System.nanoTime();
            period = new Period(end, new Latencies(), over);
            for (int thread = 0; thread < at.length(); thread++) {
                while (at.get(thread) < end && !closed) {
                    LockSupport.parkNanos(1_000_000);
                }
            }
            return over.latencies;
        }
    }

    @Override
    public void close() {
        closed = true;
        Closing.join(threads);
    }
}
