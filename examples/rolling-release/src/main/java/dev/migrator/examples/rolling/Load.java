package dev.migrator.examples.rolling;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Users of the application: they write names and read them back, each its own rows, and remember what was acknowledged. What is
 * read otherwise is a failure.
 */
final class Load implements AutoCloseable {
    private static final int USERS = 4;
    private static final long PAUSE_NANOS = 10_000_000;

    private final Balancer balancer;
    private final Map<Integer, String> acknowledged = new ConcurrentHashMap<>();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong slowestNanos = new AtomicLong();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stop;

    Load(Balancer balancer) {
        this.balancer = balancer;
        for (int user = 0; user < USERS; user++) {
            int number = user;
            Thread thread = new Thread(() -> use(number), "user " + user);
            threads.add(thread);
            thread.start();
        }
    }

    private void use(int number) {
        Random random = new Random(number);
        for (int turn = 0; !stop; turn++) {
            // Of the rows that were there, and new ones.
            int id = random.nextInt(Database.USERS * 2 / USERS) * USERS + number + 1;
            long begun = System.nanoTime();
            try {
                String name = "name " + turn + " of " + number;
                balancer.send("PUT", "/users/" + id, name);
                acknowledged.put(id, name);
                String read = balancer.send("GET", "/users/" + id, "");
                if (!name.equals(read)) {
                    failures.add("user " + id + " is called " + read + " after it was called " + name);
                }
            } catch (IOException | IllegalStateException e) {
                failures.add("user " + id + ": " + e.getMessage());
            } catch (InterruptedException e) {
                return;
            }
            requests.addAndGet(2);
            slowestNanos.accumulateAndGet(System.nanoTime() - begun, Math::max);
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    long requests() {
        return requests.get();
    }

    List<String> failures() {
        return List.copyOf(failures);
    }

    /** The slowest pair of requests. */
    long slowestMillis() {
        return slowestNanos.get() / 1_000_000;
    }

    /** What every row has to hold, by id. */
    Map<Integer, String> expected() {
        Map<Integer, String> expected = new ConcurrentHashMap<>();
        for (int id = 1; id <= Database.USERS; id++) {
            expected.put(id, "user " + id);
        }
        expected.putAll(acknowledged);
        return expected;
    }

    @Override
    public void close() throws InterruptedException {
        stop = true;
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
