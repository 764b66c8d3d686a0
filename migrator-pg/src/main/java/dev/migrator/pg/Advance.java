package dev.migrator.pg;

import dev.migrator.MigratorException;
import dev.migrator.engine.ErrorClass;
import dev.migrator.engine.Outcome;
import dev.migrator.engine.StepFailure;
import dev.migrator.pg.internal.release.Registration;
import dev.migrator.pg.internal.release.Threads;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes migrations forward in the background of an application, as far as their gates allow, and looks again until nothing is
 * left: of all instances that do so, one at a time. Ends when a migration fails: what then is to be done, people say.
 */
final class Advance implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Advance.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(5);

    private final Registration registration;
    private final boolean watches;
    private final Function<BooleanSupplier, List<MigrationResult>> migrate;
    private final Semaphore wakes = new Semaphore(0);
    private Optional<Thread> thread = Optional.empty();
    private final Map<String, String> told = new TreeMap<>();
    private volatile Optional<String> failure = Optional.empty();
    private volatile boolean closed;

    /**
     * One that does nothing yet.
     *
     * @param watches whether it goes on to look when all is done that it may do
     * @param migrate takes what is not at rest as far as gates allow, or until it is told to stop
     */
    Advance(Registration registration, boolean watches, Function<BooleanSupplier, List<MigrationResult>> migrate) {
        this.registration = registration;
        this.watches = watches;
        this.migrate = migrate;
    }

    /** Begins, if there is anything to take forward now and it does not do so already. */
    synchronized void start() {
        boolean atWork = thread.filter(Thread::isAlive).isPresent();
        if (!closed && !atWork && failure.isEmpty() && registration.hasAnythingToAdvance()) {
            Thread made = new Thread(this::run, "migrator advance " + registration.id());
            made.setDaemon(true);
            thread = Optional.of(made);
            made.start();
        }
    }

    /** Looks again now: also where all was done, and somebody has begun something since. */
    void wake() {
        wakes.release();
        start();
    }

    /** Why it has ended before everything was done; empty if it has not. */
    Optional<String> failure() {
        return failure;
    }

    private void run() {
        do {
            try {
                if (registration.leads() && isDone(migrate.apply(() -> closed)) && !watches) {
                    return;
                }
            } catch (StepFailure e) {
                if (e.errorClass() == ErrorClass.PERMANENT) {
                    fail(String.valueOf(e.getMessage()));
                } else {
                    LOG.info("Migrations are not taken forward now: {}", e.getMessage());
                }
            } catch (MigratorException e) {
                fail(String.valueOf(e.getMessage()));
            } catch (RuntimeException e) {
                LOG.warn("Migrations are not taken forward now, for a reason that nobody expected", e);
            }
        } while (failure.isEmpty() && pause() && registration.hasAnythingToAdvance());
    }

    private boolean isDone(List<MigrationResult> results) {
        boolean done = true;
        for (MigrationResult result : results) {
            Outcome outcome = result.outcome();
            if (outcome instanceof Outcome.Failed failed) {
                fail(failed.message());
            } else if (outcome instanceof Outcome.Waits waits) {
                tell(
                        result.id(),
                        "waits before " + waits.phase() + ": "
                                + waits.reasons().stream()
                                        .map(reason -> reason.gate() + " (" + reason.reason() + ")")
                                        .collect(Collectors.joining(", ")));
            } else if (outcome instanceof Outcome.Paused) {
                tell(result.id(), "is paused");
            } else {
                continue;
            }
            done = false;
        }
        return done;
    }

    private void tell(String migration, String where) {
        if (!where.equals(told.put(migration, where))) {
            LOG.info("Migration {} {}", migration, where);
        }
    }

    private void fail(String message) {
        if (!closed) {
            LOG.error("Migrations are not taken forward any more by this instance: {}", message);
            failure = Optional.of(message);
            try {
                registration.stopsAdvancing();
            } catch (StepFailure e) {
                LOG.info("Other instances are not told: {}", e.getMessage());
            }
        }
    }

    private boolean pause() {
        try {
            if (wakes.tryAcquire(BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS)) {
                wakes.drainPermits();
            }
            return !closed;
        } catch (InterruptedException e) {
            return false;
        }
    }

    /**
     * Stops within one statement or batch, as if paused, and waits for that, up to fifteen seconds. What is under way goes on with
     * whoever comes next.
     */
    @Override
    public void close() {
        end().ifPresent(ending -> {
            if (!Threads.join(ending, PATIENCE)) {
                // In the middle of a long statement or waiting for a connection; what it has begun is found out from
                // the
                // records.
                ending.interrupt();
                if (!Threads.join(ending, PATIENCE.dividedBy(2))) {
                    LOG.warn("{} does not end; its lease runs out", ending.getName());
                }
            }
        });
    }

    private synchronized Optional<Thread> end() {
        closed = true;
        wakes.release();
        return thread;
    }
}
