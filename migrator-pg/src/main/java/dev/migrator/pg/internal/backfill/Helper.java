package dev.migrator.pg.internal.backfill;

import dev.migrator.MigratorException;
import dev.migrator.engine.ErrorClass;
import dev.migrator.engine.Lease;
import dev.migrator.engine.LeaseLostException;
import dev.migrator.engine.Pace;
import dev.migrator.engine.Progress;
import dev.migrator.engine.StepControl;
import dev.migrator.engine.StepFailure;
import dev.migrator.engine.StepState;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.state.StateSql;
import dev.migrator.pg.internal.throttle.Throttle;
import dev.migrator.pg.internal.throttle.ThrottleSetup;
import dev.migrator.pg.internal.throttle.ThrottledWorker;
import dev.migrator.pg.internal.transact.ExecutorSettings;
import dev.migrator.pg.internal.transact.Task;
import dev.migrator.pg.internal.transact.Transforms;
import dev.migrator.pg.internal.transact.Way;
import dev.migrator.plan.Action;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Helps with backfills that engines of other processes lead.
 *
 * <p>It works under the engine's token, which it reads: when another engine takes the lease, what it had sent under the old
 * one can't commit any more, and it looks anew. While no engine leads, it waits: so nothing is written that an engine does
 * not answer for.
 */
public final class Helper implements Overseer {
    private static final Logger LOG = LoggerFactory.getLogger(Helper.class);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    private static final Duration LONGEST_TURN = Duration.ofSeconds(1);

    private final String name;
    private final DataSource source;
    private final StateSql sql;
    private final Function<String, List<StepState>> steps;
    private final ExecutorSettings settings;
    private final Function<String, ThrottleSetup> throttles;
    private final Pace pace;
    private final AtomicLong rows = new AtomicLong();
    private final Set<LedBackfill> hopeless = new HashSet<>();
    private final Set<OpenQueue> behind = new HashSet<>();
    private long caughtUp = System.nanoTime();
    private volatile boolean stopped;

    /**
     * A helper; asks nothing of the database yet.
     *
     * @param name tells it from all other workers
     * @param steps the recorded steps of a migration
     * @param settings how gentle and how patient it is
     * @param throttles what the backfill of a migration looks at between batches
     */
    public Helper(
            String name,
            DataSource source,
            StateSql sql,
            Function<String, List<StepState>> steps,
            ExecutorSettings settings,
            Function<String, ThrottleSetup> throttles,
            Pace pace) {
        this.name = name;
        this.source = source;
        this.sql = sql;
        this.steps = steps;
        this.settings = settings;
        this.throttles = throttles;
        this.pace = pace;
    }

    /**
     * Fills ranges of the backfills that are led now, as long as there is one that nobody has.
     *
     * @return whether a backfill is led now; a while should pass before the next call in any case
     */
    public boolean help() {
        List<LedBackfill> led = Session.with(source, session -> LedBackfill.all(session, sql));
        hopeless.retainAll(led);
        for (LedBackfill backfill : led) {
            if (!stopped && !hopeless.contains(backfill)) {
                help(backfill);
            }
        }
        if (settings.transforms() != Transforms.NONE) {
            catchUp();
        }
        return !led.isEmpty();
    }

    /** Computes what releases have written, also while a migration waits at a gate and no engine is at work. */
    private void catchUp() {
        caughtUp = System.nanoTime();
        for (OpenQueue open : Session.with(source, session -> OpenQueue.all(session, sql))) {
            try {
                for (StepState state : steps.apply(open.migration())) {
                    if (state.step().ordinal() == open.ordinal()
                            && state.step().action() instanceof Action.Backfill backfill) {
                        Lease lease = new Lease(open.migration(), open.token(), name);
                        drain(new Task(lease, state.step(), new Control(() -> isOpen(open)), Way.FORWARD), backfill);
                    }
                }
            } catch (StoppedException | LeaseLostException e) {
                LOG.debug("{} stops catching up with {}", name, open, e);
            } catch (MigratorException e) {
                // It may have been rolled back or paused in between: the next look tells.
                if (behind.add(open)) {
                    LOG.warn(
                            "{} can't catch up with what migration {} computes, and tries again: {}",
                            name,
                            open.migration(),
                            e.getMessage());
                }
            }
        }
    }

    /** The queues of migrations that wait at their gates, while the ranges of another one go on for hours. */
    private void catchUpInBetween() {
        if (settings.transforms() != Transforms.NONE && System.nanoTime() - caughtUp >= BETWEEN_LOOKS.toNanos()) {
            catchUp();
        }
    }

    private boolean isOpen(OpenQueue open) {
        return Session.with(source, session -> OpenQueue.all(session, sql)).contains(open);
    }

    private void drain(Task plain, Action.Backfill backfill) {
        Task task = plain.with(new OverseenControl(plain.control(), this));
        FailedRows failed = new FailedRows(sql, task, settings, backfill.table());
        Computing computing = new Computing(
                task, backfill.table(), backfill.computation().orElseThrow(), failed, sql, settings, pace);
        Optional<Queue> queue = computing.queue();
        if (queue.isEmpty() || Session.with(source, computing::lag).isEmpty()) {
            return;
        }
        try (Throttle throttle =
                throttle(task, backfill, throttles.apply(task.lease().migration()))) {
            ThrottledWorker pacing = throttle.worker(name + "/queue");
            Duration lastBatch = Duration.ZERO;
            Queue.Batch batch;
            long first = System.nanoTime();
            do {
                queue.get().aimAt(throttle.current().batchTarget());
                task.control().checkpoint();
                if (!pacing.mayBegin(task.control(), lastBatch)) {
                    pacing.await(task.control());
                }
                long begun = System.nanoTime();
                batch = Session.with(source, session -> queue.get().drain(session, task.control()::checkpoint));
                lastBatch = Duration.ofNanos(System.nanoTime() - begun);
                filled(batch.filled());
                // Others, and ranges, have their turn, however fast releases write.
            } while (batch.hasMoved() && System.nanoTime() - first < LONGEST_TURN.toNanos());
        }
    }

    private void help(LedBackfill led) {
        try {
            for (StepState state : steps.apply(led.migration())) {
                if (state.step().ordinal() == led.ordinal()
                        && state.step().action() instanceof Action.Backfill backfill) {
                    Lease lease = new Lease(led.migration(), led.token(), name);
                    work(new Task(lease, state.step(), new Control(() -> isLed(led)), Way.FORWARD), backfill);
                }
            }
        } catch (StoppedException | LeaseLostException e) {
            LOG.debug("{} stops helping with {}", name, led, e);
        } catch (StepFailure e) {
            if (e.errorClass() == ErrorClass.PERMANENT) {
                giveUp(led, e);
            } else {
                LOG.info(
                        "{} could not help with the backfill of migration {} now, and looks again: {}",
                        name,
                        led.migration(),
                        e.getMessage());
            }
        } catch (MigratorException e) {
            giveUp(led, e);
        }
    }

    private void giveUp(LedBackfill led, MigratorException e) {
        hopeless.add(led);
        LOG.warn(
                "{} can't help with the backfill of migration {} any more, whose engine goes on: {}",
                name,
                led.migration(),
                e.getMessage());
    }

    private void work(Task task, Action.Backfill backfill) {
        ThrottleSetup setup = throttles.apply(task.lease().migration());
        try (Throttle throttle = throttle(task, backfill, setup)) {
            Worker worker = new Worker(
                    name, task, backfill, source, sql, settings.withBackfill(setup.settings()), throttle, pace, this);
            while (!stopped && worker.next() == Worker.Outcome.MOVED) {
                LOG.debug("{} has filled a range of {}", name, backfill.table());
                catchUpInBetween();
            }
        }
    }

    private Throttle throttle(Task task, Action.Backfill backfill, ThrottleSetup setup) {
        return new Throttle(source, sql, task.lease(), task.step(), backfill.table(), setup, pace);
    }

    private boolean isLed(LedBackfill led) {
        return Session.with(source, session -> LedBackfill.all(session, sql)).contains(led);
    }

    /** Asked by a worker between batches: whether there is still work to do, once a second. */
    private static final class Control implements StepControl {
        private final BooleanSupplier goesOn;
        private long lastLook = System.nanoTime();

        Control(BooleanSupplier goesOn) {
            this.goesOn = goesOn;
        }

        @Override
        public void checkpoint() {
            long now = System.nanoTime();
            if (now - lastLook < BETWEEN_LOOKS.toNanos()) {
                return;
            }
            lastLook = now;
            if (!goesOn.getAsBoolean()) {
                throw new StoppedException();
            }
        }

        @Override
        public void progress(Progress progress) {
            // The engine tells of it.
        }
    }

    @Override
    public void checkpoint() {
        if (stopped || Thread.currentThread().isInterrupted()) {
            throw new StoppedException();
        }
    }

    @Override
    public void filled(long more) {
        rows.addAndGet(more);
    }

    /** How many rows it has filled. */
    public long rows() {
        return rows.get();
    }

    /** Lets {@link #help} return after the present batch, now and for good. */
    public void stop() {
        stopped = true;
    }
}
