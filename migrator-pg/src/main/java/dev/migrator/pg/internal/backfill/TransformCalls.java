package dev.migrator.pg.internal.backfill;

import dev.migrator.engine.Pace;
import dev.migrator.pg.internal.transact.Failures;
import dev.migrator.pg.internal.transact.Transforms;
import dev.migrator.plan.Action;
import dev.migrator.transform.TransformAnswer;
import dev.migrator.transform.TransformSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Calls the application's function, outside of any transaction, and makes sure that each row gets its own value or none.
 *
 * <p>A call that throws, takes too long, or does not give exactly one answer for each row is made again, with pauses that
 * double. If that does not help, the batch is halved, until each row either has a value or has failed alone.
 */
final class TransformCalls {
    private static final Duration STEP = Duration.ofMillis(200);
    private static final int MOST_LEFT = 16;
    private static final ExecutorService THREADS = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "migrator transform");
        thread.setDaemon(true);
        return thread;
    });

    private final Action.Computation computation;
    private final Transforms.Known known;
    private final TransformSettings settings;
    private final boolean showValues;
    private final Pace pace;

    TransformCalls(Action.Computation computation, Transforms.Known known, boolean showValues, Pace pace) {
        this.computation = computation;
        this.known = known;
        this.settings = known.settings();
        this.showValues = showValues;
        this.pace = pace;
    }

    /** What came of some rows: each has a value, or has failed. */
    record Computed(Map<InputRow, Optional<String>> values, Map<InputRow, TransformFailure> failures) {}

    private static final class CallFailed extends Exception {
        private static final long serialVersionUID = 1;

        private final transient TransformFailure failure;

        CallFailed(TransformFailure failure, @Nullable Throwable cause) {
            super(failure.message(), cause);
            this.failure = failure;
        }
    }

    private enum CallState {
        NEW,
        RUNNING,
        LEFT,
        ENDED
    }

    int batchSize() {
        return settings.batchSize();
    }

    /**
     * Computes rows.
     *
     * @param alive called at least five times a second while it waits; what it throws ends the call
     */
    Computed compute(List<InputRow> rows, Runnable alive) {
        Computed computed = new Computed(new LinkedHashMap<>(), new LinkedHashMap<>());
        if (!rows.isEmpty()) {
            compute(rows, settings.retries(), alive, computed);
        }
        return computed;
    }

    private void compute(List<InputRow> rows, int retries, Runnable alive, Computed computed) {
        TransformFailure failure;
        int failed = 0;
        while (true) {
            try {
                computed.values().putAll(call(rows, alive));
                return;
            } catch (CallFailed e) {
                failure = e.failure;
            }
            if (failed == retries) {
                break;
            }
            pause(settings.backoff().multipliedBy(1L << Math.min(failed, 10)), alive);
            failed++;
        }
        if (rows.size() == 1) {
            computed.failures().put(rows.get(0), failure);
            return;
        }
        int half = rows.size() / 2;
        for (List<InputRow> part : List.of(rows.subList(0, half), rows.subList(half, rows.size()))) {
            compute(part, part.size() == 1 ? settings.retries() : 0, alive, computed);
        }
    }

    private void pause(Duration duration, Runnable alive) {
        Duration left = duration;
        while (!left.isNegative() && !left.isZero()) {
            alive.run();
            stopIfInterrupted();
            Duration part = left.compareTo(STEP) > 0 ? STEP : left;
            pace.pause(part);
            left = left.minus(part);
        }
    }

    private static void stopIfInterrupted() {
        if (Thread.currentThread().isInterrupted()) {
            throw new StoppedException();
        }
    }

    private Map<InputRow, Optional<String>> call(List<InputRow> rows, Runnable alive) throws CallFailed {
        pause(known.reserve(rows.size()), alive);
        if (known.left().get() >= MOST_LEFT) {
            throw broken("is not called while " + MOST_LEFT
                    + " earlier calls go on that took too long or were stopped, and did not heed the interrupt");
        }
        AtomicReference<CallState> state = new AtomicReference<>(CallState.NEW);
        Future<List<TransformAnswer>> call = THREADS.submit(() -> {
            state.set(CallState.RUNNING);
            try {
                return known.function().compute(List.copyOf(rows));
            } finally {
                if (state.getAndSet(CallState.ENDED) == CallState.LEFT) {
                    known.left().decrementAndGet();
                }
            }
        });
        try {
            return matched(rows, await(call, rows.size(), alive));
        } finally {
            if (state.compareAndSet(CallState.RUNNING, CallState.LEFT)) {
                known.left().incrementAndGet();
            }
            call.cancel(true);
        }
    }

    private @Nullable List<TransformAnswer> await(Future<List<TransformAnswer>> call, int rows, Runnable alive)
            throws CallFailed {
        long begun = System.nanoTime();
        while (true) {
            alive.run();
            try {
                return call.get(STEP.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                if (System.nanoTime() - begun >= settings.timeLimit().toNanos()) {
                    throw broken(
                            "has not answered about " + rows + " rows within " + Failures.text(settings.timeLimit()));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StoppedException();
            } catch (ExecutionException e) {
                Throwable cause = e.getCause() == null ? e : e.getCause();
                String name = cause.getClass().getName();
                String message = "transform " + computation.transform() + " has thrown " + name;
                throw new CallFailed(
                        new TransformFailure(name, showValues ? message + ": " + cause.getMessage() : message), cause);
            }
        }
    }

    private CallFailed broken(String what) {
        return new CallFailed(new TransformFailure("", "transform " + computation.transform() + " " + what), null);
    }

    /** Each row's own answer; anything else than exactly one for each makes all of them doubtful. */
    private Map<InputRow, Optional<String>> matched(List<InputRow> rows, @Nullable List<TransformAnswer> answers)
            throws CallFailed {
        if (answers == null) {
            throw broken("has answered null");
        }
        Map<Long, InputRow> asked = new HashMap<>();
        rows.forEach(row -> asked.put(row.id(), row));
        Map<InputRow, Optional<String>> values = new LinkedHashMap<>();
        for (TransformAnswer answer : answers) {
            InputRow row = answer == null ? null : asked.get(answer.row());
            if (row == null) {
                throw broken("has answered for a row that it was not asked about"
                        + (answer == null ? " (null)" : " (id " + answer.row() + ")"));
            }
            Optional<String> value;
            try {
                value = answer.value().map(AnswerText::of);
            } catch (IllegalArgumentException e) {
                throw broken("has answered with " + e.getMessage() + " for the row " + row.key());
            }
            if (values.put(row, value) != null) {
                throw broken("has answered twice for the row " + row.key());
            }
        }
        for (InputRow row : rows) {
            if (!values.containsKey(row)) {
                throw broken(
                        "has answered for " + values.size() + " of " + rows.size() + " rows, and not for " + row.key());
            }
        }
        return values;
    }
}
