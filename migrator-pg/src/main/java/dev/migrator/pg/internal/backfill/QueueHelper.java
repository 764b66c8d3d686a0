package dev.migrator.pg.internal.backfill;

import dev.migrator.MigratorException;
import dev.migrator.engine.Lease;
import dev.migrator.engine.LeaseLostException;
import dev.migrator.engine.StepState;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.throttle.Throttle;
import dev.migrator.pg.internal.throttle.ThrottleSetup;
import dev.migrator.pg.internal.transact.ExecutorSettings;
import dev.migrator.pg.internal.transact.Task;
import dev.migrator.pg.internal.transact.Way;
import dev.migrator.plan.Action;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Computes what releases have written, also while a migration waits at a gate and no engine is at work: each open queue in its
 * turn. To be used by one thread.
 */
final class QueueHelper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(QueueHelper.class);

    private final HelperSetup setup;
    private final Overseer overseer;
    private final Set<OpenQueue> behind = new HashSet<>();
    private final Set<OpenQueue> overBudget = new HashSet<>();
    /** What the throttle holds back: that it goes on is to be told by the one who told of the stop. */
    private final Map<OpenQueue, QueueTurns> held = new HashMap<>();

    private long caughtUp = System.nanoTime();

    /** As {@link Helper}; the overseer is told what was filled, and may stop it. */
    QueueHelper(HelperSetup setup, Overseer overseer) {
        this.setup = setup;
        this.overseer = overseer;
    }

    /** Gives each open queue its turn. */
    void catchUp() {
        List<OpenQueue> all = open();
        behind.retainAll(all);
        overBudget.retainAll(all);
        Set.copyOf(held.keySet()).stream().filter(open -> !all.contains(open)).forEach(this::leave);
        for (OpenQueue open : all) {
            try {
                backfills(open).forEach(state -> catchUp(open, state));
            } catch (StoppedException | LeaseLostException e) {
                LOG.debug("{} stops catching up with {}", setup.name(), open, e);
            } catch (MigratorException e) {
                // It may have been rolled back or paused in between: the next look tells.
                if (behind.add(open)) {
                    LOG.warn(
                            "{} can't catch up with what migration {} computes, and tries again: {}",
                            setup.name(),
                            open.migration(),
                            e.getMessage());
                }
            }
        }
        // As seen from its end: what it was called in between of has its turn before the next one.
        caughtUp = System.nanoTime();
    }

    /** The same, if the last time is a while ago. */
    void catchUpInBetween() {
        if (isDue()) {
            catchUp();
        }
    }

    /** Whether a queue waits, beside the one whose ranges are being filled. */
    boolean isWaitedFor(LedBackfill ranges) {
        if (!isDue()) {
            return false;
        }
        boolean waited = open().stream()
                .filter(open -> !open.migration().equals(ranges.migration()) || open.ordinal() != ranges.ordinal())
                .filter(open -> !held.containsKey(open) || held.get(open).isDue())
                .flatMap(this::backfills)
                .anyMatch(state -> computation(state)
                        .filter(this::isKnown)
                        .filter(what -> Session.with(setup.source(), session -> QueueLag.of(session, what.queue()))
                                        .entries()
                                > 0)
                        .isPresent());
        if (!waited) {
            caughtUp = System.nanoTime();
        }
        return waited;
    }

    private boolean isDue() {
        return System.nanoTime() - caughtUp >= LooksAnew.BETWEEN_LOOKS.toNanos();
    }

    private List<OpenQueue> open() {
        return Session.with(setup.source(), session -> OpenQueue.all(session, setup.sql()));
    }

    private Stream<StepState> backfills(OpenQueue open) {
        return setup.steps().apply(open.migration()).stream()
                .filter(state -> state.step().ordinal() == open.ordinal())
                .filter(state -> computation(state).isPresent());
    }

    private static Optional<Action.Computation> computation(StepState state) {
        return state.step().action() instanceof Action.Backfill backfill ? backfill.computation() : Optional.empty();
    }

    private boolean isKnown(Action.Computation computation) {
        return setup.settings().transforms().find(computation.transform()).isPresent();
    }

    private void catchUp(OpenQueue open, StepState state) {
        Action.Computation computation = computation(state).orElseThrow();
        if (!isKnown(computation)
                || Session.with(setup.source(), session -> QueueLag.of(session, computation.queue()))
                        .isEmpty()) {
            leave(open);
            return;
        }
        // A new one looks at the file's settings, and at the throttle, anew.
        QueueTurns turns = held.computeIfAbsent(open, queue -> turns(queue, state));
        boolean keep = false;
        try {
            keep = !turns.next();
        } finally {
            if (!keep) {
                leave(open);
            }
        }
        tellOfBudget(open, turns.overBudget());
    }

    private QueueTurns turns(OpenQueue open, StepState state) {
        Action.Backfill backfill = (Action.Backfill) state.step().action();
        Lease lease = new Lease(open.migration(), open.token(), setup.name());
        LooksAnew control = new LooksAnew(() -> open().contains(open));
        Task task = new Task(lease, state.step(), new OverseenControl(control, overseer), Way.FORWARD);
        ThrottleSetup throttling = setup.throttles().apply(open.migration());
        ExecutorSettings asTheFileSays = setup.settings().withBackfill(throttling.settings());
        FailedRows failed = new FailedRows(setup.sql(), task, asTheFileSays, backfill.table());
        Queue queue = new Computing(
                        task,
                        backfill.table(),
                        backfill.computation().orElseThrow(),
                        failed,
                        setup.sql(),
                        asTheFileSays,
                        setup.pace())
                .queue()
                .orElseThrow();
        Throttle throttle = new Throttle(
                setup.source(), setup.sql(), lease, state.step(), backfill.table(), throttling, setup.pace());
        return new QueueTurns(setup.name(), setup.source(), task, queue, failed, overseer, throttle);
    }

    private void leave(OpenQueue open) {
        Optional.ofNullable(held.remove(open)).ifPresent(QueueTurns::close);
    }

    private void tellOfBudget(OpenQueue open, String over) {
        if (over.isEmpty()) {
            overBudget.remove(open);
        } else if (overBudget.add(open)) {
            LOG.warn(
                    "{} tries no other rows of migration {} until some of these can be computed: {}",
                    setup.name(),
                    open.migration(),
                    over);
        }
    }

    @Override
    public void close() {
        Set.copyOf(held.keySet()).forEach(this::leave);
    }
}
