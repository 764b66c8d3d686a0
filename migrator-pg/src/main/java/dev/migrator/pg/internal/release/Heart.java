package dev.migrator.pg.internal.release;

import dev.migrator.MigratorException;
import dev.migrator.engine.StepFailure;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives signs of life: three times in the lease, and at once when something was announced or refused. */
public final class Heart implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Heart.class);

    private static final Duration AFTER_REFUSAL = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Registration registration;
    private final RetiredNames retired;
    private final StatementUses uses;
    private final Runnable afterBeat;
    private final Duration period;
    private final Semaphore wakes = new Semaphore(0);
    private final Thread thread;
    private volatile boolean closed;
    private volatile String trouble = "";

    /**
     * A heart that does not beat yet.
     *
     * @param retired whose counts are told with each beat
     * @param uses the same
     * @param leaseTime for how long the instance counts as live without a sign of life
     * @param afterBeat what else there is to do when it has been told where the migrations stand
     */
    public Heart(
            Registration registration,
            RetiredNames retired,
            StatementUses uses,
            Duration leaseTime,
            Runnable afterBeat) {
        this.registration = registration;
        this.retired = retired;
        this.uses = uses;
        this.afterBeat = afterBeat;
        this.period = leaseTime.dividedBy(3);
        this.thread = new Thread(this::run, "migrator heartbeat " + registration.id());
        this.thread.setDaemon(true);
    }

    /** Begins to beat. */
    public void start() {
        thread.start();
    }

    /** Beats now. */
    public void wake() {
        wakes.release();
    }

    /** Why the last beat failed; empty if it did not. */
    public String trouble() {
        return trouble;
    }

    private void run() {
        while (pause()) {
            try {
                boolean live = registration.isLive();
                List<String> problems = registration.beat();
                if (!problems.isEmpty()) {
                    failed("the schema is not safe for it any more: " + String.join("; ", problems));
                    rest();
                    continue;
                }
                if (!live) {
                    LOG.info("Instance {} is registered again", registration.id());
                }
                tellCounts();
                afterBeat.run();
                trouble = "";
            } catch (MigratorException e) {
                failed(String.valueOf(e.getMessage()));
            } catch (RuntimeException e) {
                LOG.warn("Instance {}: a sign of life has failed in a way that nobody expected", registration.id(), e);
                failed(String.valueOf(e));
            }
        }
    }

    private void tellCounts() {
        registration.tell(retired);
        registration.tell(uses);
    }

    /** Who is refused is refused again, and each refused transaction wakes this: not all the time. */
    private void rest() {
        LockSupport.parkNanos(AFTER_REFUSAL.toNanos());
        wakes.drainPermits();
    }

    private void failed(String why) {
        if (!trouble.equals(why)) {
            LOG.warn("Instance {} could not give a sign of life: {}", registration.id(), why);
        }
        trouble = why;
    }

    private boolean pause() {
        try {
            // Whoever is late makes haste.
            long millis = registration.isLive() ? period.toMillis() : Math.min(period.toMillis(), 1000);
            if (wakes.tryAcquire(millis, TimeUnit.MILLISECONDS)) {
                wakes.drainPermits();
            }
            return !closed;
        } catch (InterruptedException e) {
            return false;
        }
    }

    /** Stops it, waits for up to ten seconds until a beat that is under way has ended, and tells what was counted since. */
    @Override
    public void close() {
        closed = true;
        wake();
        LockSupport.unpark(thread);
        if (!Threads.join(thread, PATIENCE)) {
            LOG.warn("{} does not end; the lease of the instance runs out", thread.getName());
            return;
        }
        try {
            tellCounts();
        } catch (StepFailure e) {
            LOG.info("Instance {} could not tell its last counts: {}", registration.id(), e.getMessage());
        }
    }
}
