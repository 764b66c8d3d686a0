package dev.migrator.pg.internal.backfill;

import dev.migrator.MigratorException;
import dev.migrator.engine.ErrorClass;
import dev.migrator.engine.Lease;
import dev.migrator.engine.LeaseLostException;
import dev.migrator.engine.StepFailure;
import dev.migrator.engine.StepState;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.throttle.Throttle;
import dev.migrator.pg.internal.throttle.ThrottleSetup;
import dev.migrator.pg.internal.transact.ExecutorSettings;
import dev.migrator.pg.internal.transact.Task;
import dev.migrator.pg.internal.transact.Transforms;
import dev.migrator.pg.internal.transact.Way;
import dev.migrator.plan.Action;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Helps with backfills that engines of other processes lead.
 *
 * <p>It works under the engine's token, which it reads: when another engine takes the lease, what it had sent under the old
 * one can't commit any more, and it looks anew. While no engine leads, it waits: so nothing is written that an engine does
 * not answer for.
 */
public final class Helper implements Overseer, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Helper.class);

    private final HelperSetup setup;
    private final AtomicLong rows = new AtomicLong();
    private final Set<LedBackfill> hopeless = new HashSet<>();
    private final Set<LedBackfill> failedBefore = new HashSet<>();
    private final QueueHelper queues;
    private volatile boolean stopped;

    /** A helper; asks nothing of the database yet. */
    public Helper(HelperSetup setup) {
        this.setup = setup;
        this.queues = new QueueHelper(setup, this);
    }

    /**
     * Fills ranges of the backfills that are led now, as long as there is one that nobody has.
     *
     * @return whether a backfill is led now; a while should pass before the next call in any case
     */
    public boolean help() {
        List<LedBackfill> led = Session.with(setup.source(), session -> LedBackfill.all(session, setup.sql()));
        hopeless.retainAll(led);
        failedBefore.retainAll(led);
        for (LedBackfill backfill : led) {
            if (!stopped && !hopeless.contains(backfill)) {
                help(backfill);
            }
        }
        if (computes()) {
            queues.catchUp();
        }
        return !led.isEmpty();
    }

    private void help(LedBackfill led) {
        try {
            for (StepState state : setup.steps().apply(led.migration())) {
                if (state.step().ordinal() == led.ordinal()
                        && state.step().action() instanceof Action.Backfill backfill) {
                    Lease lease = new Lease(led.migration(), led.token(), setup.name());
                    work(led, new Task(lease, state.step(), new LooksAnew(() -> isLed(led)), Way.FORWARD), backfill);
                }
            }
        } catch (StoppedException | LeaseLostException e) {
            LOG.debug("{} stops helping with {}", setup.name(), led, e);
        } catch (MigratorException e) {
            boolean forGood = e instanceof StepFailure failure && failure.errorClass() == ErrorClass.PERMANENT;
            if (forGood) {
                hopeless.add(led);
            }
            if (forGood || failedBefore.add(led)) {
                LOG.warn(
                        "{} can't help with the backfill of migration {} {}: {}",
                        setup.name(),
                        led.migration(),
                        forGood ? "any more, whose engine goes on" : "now, and tries again",
                        e.getMessage());
            }
        }
    }

    private void work(LedBackfill led, Task task, Action.Backfill backfill) {
        ThrottleSetup throttling = setup.throttles().apply(task.lease().migration());
        ExecutorSettings asTheFileSays = setup.settings().withBackfill(throttling.settings());
        try (Throttle throttle = new Throttle(
                setup.source(), setup.sql(), task.lease(), task.step(), backfill.table(), throttling, setup.pace())) {
            Worker worker = new Worker(
                    setup.name(),
                    task,
                    backfill,
                    setup.source(),
                    setup.sql(),
                    asTheFileSays,
                    throttle,
                    setup.pace(),
                    new InTurns(led));
            while (!stopped && worker.next() == Worker.Outcome.MOVED) {
                LOG.debug("{} has filled a range of {}, or a part of it", setup.name(), backfill.table());
                if (computes()) {
                    queues.catchUpInBetween();
                }
            }
        }
    }

    private boolean computes() {
        return setup.settings().transforms() != Transforms.NONE;
    }

    /** Gives ranges back while queues wait: one range may go on for hours where rows take long to be computed. */
    private final class InTurns implements Overseer {
        private final LedBackfill led;

        InTurns(LedBackfill led) {
            this.led = led;
        }

        @Override
        public void checkpoint() {
            Helper.this.checkpoint();
        }

        @Override
        public void filled(long more) {
            Helper.this.filled(more);
        }

        @Override
        public boolean isWaitedFor() {
            return computes() && queues.isWaitedFor(led);
        }
    }

    private boolean isLed(LedBackfill led) {
        return Session.with(setup.source(), session -> LedBackfill.all(session, setup.sql()))
                .contains(led);
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

    /** Ends what it keeps from call to call; to be called by the thread that helps, when it helps no more. */
    @Override
    public void close() {
        queues.close();
    }

    /** Lets {@link #help} return after the present batch, now and for good. */
    public void stop() {
        stopped = true;
    }
}
