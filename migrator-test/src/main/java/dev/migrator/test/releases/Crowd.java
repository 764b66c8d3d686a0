package dev.migrator.test.releases;

import dev.migrator.Phase;
import dev.migrator.test.MigrationDatabase;
import dev.migrator.test.releases.Interleaved.Played;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * A journey on which both releases work all the time, in several threads, also while a phase is under way; each record belongs to
 * one thread, so that it is known what it has to be.
 */
final class Crowd<K> {
    private static final int LAST_CALLS = 12;

    private final Scene<K> scene;
    private final Journey journey;
    private final int workers;

    /** Held for reading by a call, for writing by who changes which releases are live. */
    private final ReentrantReadWriteLock calls = new ReentrantReadWriteLock(true);

    private final AtomicInteger made = new AtomicInteger();
    private final AtomicReference<@Nullable String> failure = new AtomicReference<>();
    private Set<Side> live = EnumSet.noneOf(Side.class);
    private String place = "";
    private final List<Future<?>> running = new ArrayList<>();
    private volatile boolean over;

    Crowd(Scene<K> scene, Journey journey, int workers) {
        this.scene = scene;
        this.journey = journey;
        this.workers = workers;
    }

    /** Makes the journey. */
    Played play() {
        List<Worker> crowd = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(workers);
        try (MigrationDatabase database = scene.suite().createDatabase(scene.server())) {
            try {
                travel(database, crowd, threads);
            } finally {
                over = true;
                threads.shutdownNow();
                crowd.forEach(Worker::close);
            }
        }
        return crowd.stream().map(Worker::played).reduce(Played.NOTHING, Played::and);
    }

    private void travel(MigrationDatabase database, List<Worker> crowd, ExecutorService threads) {
        work(Side.liveAt(journey.stop(0)), "before EXPAND");
        for (int number = 0; number < workers; number++) {
            Worker worker = new Worker(number, scene.player(database));
            crowd.add(worker);
            running.add(threads.submit(worker));
        }
        stay(0, crowd);
        for (int stop = 1; stop < journey.stops().size(); stop++) {
            Optional<Phase> from = journey.stop(stop - 1);
            Optional<Phase> to = journey.stop(stop);
            Set<Side> both = EnumSet.copyOf(Side.liveAt(from));
            both.retainAll(Side.liveAt(to));
            work(both, "from " + Journey.name(from) + " to " + Journey.name(to));
            moveTo(stop, database);
            work(Side.liveAt(to), "at " + Journey.name(to));
            stay(stop, crowd);
        }
        over = true;
        running.forEach(Crowd::await);
        failed();
    }

    private void moveTo(int stop, MigrationDatabase database) {
        try {
            journey.moveTo(stop, database);
        } catch (AssertionError e) {
            failed();
            throw new AssertionError(begin() + place + ": " + e.getMessage(), e);
        }
        failed();
    }

    private static void await(Future<?> worker) {
        try {
            worker.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while two releases were at work", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Waits until each thread has done its part here, and compares every record while nobody writes. */
    private void stay(int stop, List<Worker> crowd) {
        int enough = made.get() + scene.callsAtEachStop();
        while (made.get() < enough && failure.get() == null) {
            if (running.stream().allMatch(Future::isDone)) {
                failed();
                throw new AssertionError(
                        begin() + place + ": no thread has found a key of its own in a thousand draws: let keys()"
                                + " give more different ones");
            }
            LockSupport.parkNanos(1_000_000);
        }
        calls.writeLock().lock();
        try {
            failed();
            for (Worker worker : crowd) {
                worker.player.checkAll(Side.liveAt(journey.stop(stop)));
            }
        } catch (Disagreement e) {
            throw new AssertionError(begin() + place + ", while nobody writes: " + e.text(), e);
        } finally {
            calls.writeLock().unlock();
        }
    }

    private void work(Set<Side> sides, String where) {
        calls.writeLock().lock();
        try {
            live = sides;
            place = where;
        } finally {
            calls.writeLock().unlock();
        }
    }

    private void failed() {
        String found = failure.get();
        if (found != null) {
            throw new AssertionError(begin() + found);
        }
    }

    private String begin() {
        return "Old and new release do not get along in migration %s (seed %d, %d threads, %s).%n  "
                .formatted(scene.suite().migration().id(), scene.seed(), workers, journey);
    }

    /** One thread, with the records that are its own. */
    private final class Worker implements Runnable {
        private final int number;
        private final Player<K> player;
        private final Random random;
        private final Deque<Call<K>> last = new ArrayDeque<>();

        Worker(int number, Player<K> player) {
            this.number = number;
            this.player = player;
            this.random = new Random(scene.seed() * 31 + number);
        }

        @Override
        public void run() {
            try {
                work();
            } catch (RuntimeException | Error e) {
                // A generator of the test's, or its keys.
                failure.compareAndSet(null, place + ": " + e);
            }
        }

        private void work() {
            Optional<K> key = ownKey();
            while (key.isPresent() && !over && failure.get() == null) {
                calls.readLock().lock();
                try {
                    call(key.get());
                } finally {
                    calls.readLock().unlock();
                }
                key = ownKey();
            }
        }

        private void call(K key) {
            Call<K> call = scene.call(random, 0, live, key);
            try {
                player.play(call, live);
                made.incrementAndGet();
                last.addLast(call);
                if (last.size() > 10 * LAST_CALLS) {
                    last.removeFirst();
                }
            } catch (Disagreement e) {
                failure.compareAndSet(null, place + ": " + e.text() + history(call));
            } catch (RuntimeException | Error e) {
                failure.compareAndSet(null, place + ": " + call + ": " + e);
            }
        }

        private String history(Call<K> failed) {
            List<String> before = last.stream()
                    .filter(call -> call.key().equals(failed.key()))
                    .map(Call::toString)
                    .toList();
            List<String> shown = before.subList(Math.max(0, before.size() - LAST_CALLS), before.size());
            return "\nThe last calls for " + failed.key() + ":\n    " + String.join("\n    ", shown)
                    + (shown.isEmpty() ? "" : "\n    ") + failed;
        }

        /** Empty if none of the keys seems to be its own, as there are too few. */
        private Optional<K> ownKey() {
            for (int draw = 0; draw < 1000; draw++) {
                K key = scene.key(random);
                if (Math.floorMod(key.hashCode(), workers) == number) {
                    return Optional.of(key);
                }
            }
            return Optional.empty();
        }

        Played played() {
            return new Played(player.statements(), player.slowest());
        }

        void close() {
            player.close();
        }
    }
}
