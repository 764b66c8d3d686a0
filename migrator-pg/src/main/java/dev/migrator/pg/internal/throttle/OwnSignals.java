package dev.migrator.pg.internal.throttle;

import dev.migrator.pg.internal.throttle.Decision.Candidate;
import dev.migrator.throttle.ThrottleAnswer;
import dev.migrator.throttle.ThrottleSignal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The application's own signals, each on a thread of its own. One that hangs is interrupted, and asked again only when that
 * call has ended; until then, as when it throws, it is a stop.
 */
final class OwnSignals implements AutoCloseable {
    private final Duration limit;
    private final List<Own> signals = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "migrator-throttle");
        thread.setDaemon(true);
        return thread;
    });

    OwnSignals(List<ThrottleSignal> signals, Duration limit) {
        this.limit = limit;
        signals.forEach(signal -> this.signals.add(new Own(signal)));
    }

    /** Asks all of them at the same time. */
    List<Candidate> ask() {
        signals.forEach(Own::begin);
        long deadline = System.nanoTime() + limit.toNanos();
        List<Candidate> answers = new ArrayList<>();
        for (int i = 0; i < signals.size(); i++) {
            answers.add(new Candidate("own " + i, signals.get(i).answer(deadline - System.nanoTime())));
        }
        return answers;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    private final class Own {
        private final ThrottleSignal signal;
        private Optional<Future<ThrottleAnswer>> pending = Optional.empty();
        private volatile boolean running;

        Own(ThrottleSignal signal) {
            this.signal = signal;
        }

        void begin() {
            // One that was given up is done for us, and may still be running.
            if (!running && pending.map(Future::isDone).orElse(true)) {
                pending = Optional.of(threads.submit(this::call));
            }
        }

        private ThrottleAnswer call() throws Exception {
            running = true;
            try {
                return Objects.requireNonNull(signal.ask(), "it answered null");
            } finally {
                running = false;
            }
        }

        ThrottleAnswer answer(long nanos) {
            Future<ThrottleAnswer> future = pending.orElseThrow();
            if (future.isCancelled()) {
                return hangs();
            }
            try {
                return named(future.get(Math.max(0, nanos), TimeUnit.NANOSECONDS));
            } catch (TimeoutException e) {
                future.cancel(true);
                return hangs();
            } catch (ExecutionException e) {
                return ThrottleAnswer.stop(name() + ": not known, it threw " + e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return ThrottleAnswer.stop(name() + ": not known, the backfill is being interrupted");
            }
        }

        private ThrottleAnswer hangs() {
            return ThrottleAnswer.stop(name() + ": not known, it has not answered within " + limit.toMillis() + " ms");
        }

        private ThrottleAnswer named(ThrottleAnswer answer) {
            if (answer instanceof ThrottleAnswer.Slow slow) {
                return ThrottleAnswer.slow(slow.factor(), name() + ": " + slow.reason());
            } else if (answer instanceof ThrottleAnswer.Stop stop) {
                return new ThrottleAnswer.Stop(name() + ": " + stop.reason(), stop.until());
            }
            return answer;
        }

        private String name() {
            try {
                return signal.name();
            } catch (RuntimeException e) {
                return signal.getClass().getName();
            }
        }
    }
}
