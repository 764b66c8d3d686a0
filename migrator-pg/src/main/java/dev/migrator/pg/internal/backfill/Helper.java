package dev.migrator.pg.internal.backfill;

import dev.migrator.MigratorException;
import dev.migrator.engine.ErrorClass;
import dev.migrator.engine.Lease;
import dev.migrator.engine.LeaseLostException;
import dev.migrator.engine.Pace;
import dev.migrator.engine.StepFailure;
import dev.migrator.engine.StepState;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.state.StateSql;
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
public final class Helper implements Overseer, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Helper.class);

    private final String name;
    private final DataSource source;
    private final StateSql sql;
    private final Function<String, List<StepState>> steps;
    private final ExecutorSettings settings;
    private final Function<String, ThrottleSetup> throttles;
    private final Pace pace;
    private final AtomicLong rows = new AtomicLong();
    private final Set<LedBackfill> hopeless = new HashSet<>();
    private final Set<LedBackfill> failedBefore = new HashSet<>();
    private final QueueHelper queues;
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
        this.queues = new QueueHelper(name, source, sql, steps, settings, throttles, pace, this);
    }

    /**
     * Fills ranges of the backfills that are led now, as long as there is one that nobody has.
     *
     * @return whether a backfill is led now; a while should pass before the next call in any case
     */
    public boolean help() {
        List<LedBackfill> led = Session.with(source, session -> LedBackfill.all(session, sql));
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
            for (StepState state : steps.apply(led.migration())) {
                if (state.step().ordinal() == led.ordinal()
                        && state.step().action() instanceof Action.Backfill backfill) {
                    Lease lease = new Lease(led.migration(), led.token(), name);
                    work(led, new Task(lease, state.step(), new LooksAnew(() -> isLed(led)), Way.FORWARD), backfill);
                }
            }
        } catch (StoppedException | LeaseLostException e) {
            LOG.debug("{} stops helping with {}", name, led, e);
        } catch (MigratorException e) {
            boolean forGood = e instanceof StepFailure failure && failure.errorClass() == ErrorClass.PERMANENT;
            if (forGood) {
                hopeless.add(led);
            }
            if (forGood || failedBefore.add(led)) {
                LOG.warn(
                        "{} can't help with the backfill of migration {} {}: {}",
                        name,
                        led.migration(),
                        forGood ? "any more, whose engine goes on" : "now, and tries again",
                        e.getMessage());
            }
        }
    }

    private void work(LedBackfill led, Task task, Action.Backfill backfill) {
        ThrottleSetup setup = throttles.apply(task.lease().migration());
        ExecutorSettings asTheFileSays = settings.withBackfill(setup.settings());
        try (Throttle throttle = new Throttle(source, sql, task.lease(), task.step(), backfill.table(), setup, pace)) {
            Worker worker =
                    new Worker(name, task, backfill, source, sql, asTheFileSays, throttle, pace, new InTurns(led));
            while (!stopped && worker.next() == Worker.Outcome.MOVED) {
                LOG.debug("{} has filled a range of {}, or a part of it", name, backfill.table());
                if (computes()) {
                    queues.catchUpInBetween();
                }
            }
        }
    }

    private boolean computes() {
        return settings.transforms() != Transforms.NONE;
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
        return Session.with(source, session -> LedBackfill.all(session, sql)).contains(led);
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
