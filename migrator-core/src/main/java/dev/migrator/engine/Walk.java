package dev.migrator.engine;

import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.plan.Action;
import dev.migrator.plan.Plan;
import dev.migrator.plan.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One engine's hold on one migration: its lease, and how it deals with failures.
 *
 * <p>What fails for a moment is tried again after a growing pause. When the answer to a change was lost, the lease is settled
 * first: from then on the records say what happened, and they are asked before the change is tried again.
 */
final class Walk {
    private static final Logger LOG = LoggerFactory.getLogger(Walk.class);

    private final MigrationStore store;
    private final StepExecutor executor;
    private final Pace pace;
    private final Duration leaseTime;
    private final EngineListener listener;
    private final GateKeeper gates;
    private final BooleanSupplier stopped;
    private volatile Lease lease;
    private Retry retry;
    private boolean unsettled;
    private Optional<Position> left = Optional.empty();

    Walk(
            MigrationStore store,
            StepExecutor executor,
            Pace pace,
            Duration leaseTime,
            EngineListener listener,
            Retry retry,
            CustomGates custom,
            BooleanSupplier stopped,
            Lease lease) {
        this.store = store;
        this.executor = executor;
        this.pace = pace;
        this.leaseTime = leaseTime;
        this.listener = listener;
        this.retry = retry;
        this.stopped = stopped;
        this.lease = lease;
        this.gates = new GateKeeper(this, store, executor, custom);
    }

    /** Runs the body while the lease is renewed, and gives the lease back after it. */
    Outcome hold(Supplier<Outcome> body) {
        Pace.Handle renewal = pace.every(leaseTime.dividedBy(3), this::renew);
        try {
            return body.get();
        } finally {
            renewal.close();
            giveBack();
        }
    }

    private void renew() {
        Lease renewed = lease;
        try {
            if (!store.renew(renewed, leaseTime) && renewed.equals(lease)) {
                LOG.info("Migration {}: the lease with token {} is no longer ours", id(), renewed.token());
            }
        } catch (StepFailure e) {
            LOG.info("Migration {}: the lease could not be renewed now: {}", id(), e.getMessage());
        }
    }

    /** Once more if that fails: until it has expired the next one would have to wait. */
    private void giveBack() {
        for (int tries = 0; tries < 2; tries++) {
            try {
                store.release(lease);
                return;
            } catch (StepFailure e) {
                LOG.debug("Migration {}: the lease could not be given back; else it expires", id(), e);
            }
        }
    }

    String id() {
        return lease.migration();
    }

    GateKeeper gates() {
        return gates;
    }

    /** Asks the database something, again if it does not answer. */
    <T> T ask(String what, Supplier<T> question) {
        return retry.ask(what, question);
    }

    /** Something has failed for good: what is still to be said is said with little patience. */
    void giveUp() {
        retry = retry.brief();
    }

    Optional<MigrationState> state() {
        Optional<MigrationState> found = ask("read its record", () -> store.find(id()));
        left = left.or(() -> found.map(MigrationState::position));
        return found;
    }

    MigrationState knownState() {
        return state().orElseThrow(() -> new IllegalStateException("the record of migration " + id() + " is gone"));
    }

    List<StepState> steps() {
        return ask("read its steps", () -> store.steps(id()));
    }

    List<StepState> steps(Phase phase) {
        return steps().stream().filter(state -> state.step().phase() == phase).toList();
    }

    /** Whether it is to stop here for now: somebody has paused the migration, or this process is about to end. */
    boolean isPaused() {
        return stopped.getAsBoolean() || ask("look whether it is paused", () -> store.isPaused(id()));
    }

    List<String> fingerprint() {
        MigrationState state = knownState();
        List<StepState> steps = steps();
        return ask("read the catalog", () -> executor.fingerprint(state, steps));
    }

    boolean holds(Action.Require requirement) {
        return ask("look what a rollback requires", () -> executor.holds(requirement));
    }

    CompareReport outgrownRows() {
        MigrationState state = knownState();
        List<StepState> steps = steps();
        return ask("count rows that the old shape can't hold", () -> executor.outgrownRows(state, steps));
    }

    /** Records the plan and enters EXPAND. */
    MigrationState start(Migration migration, Plan plan) {
        change(
                "record the plan",
                () -> store.find(id()).filter(state -> !state.isRolledBack()).isPresent(),
                patience -> store.start(lease, migration, plan));
        return told("started", "");
    }

    /** Writes a transition, once, and tells the new state. */
    MigrationState move(Transition transition) {
        ask("settle the lease", this::settle);
        MigrationState before = knownState();
        // Only the holder of the lease writes the record: if it is another one now, it was this transition.
        change(
                "record " + transition.event(),
                () -> !store.find(id()).equals(Optional.of(before)),
                patience -> store.transition(lease, transition));
        return told(transition.event(), transition.detail());
    }

    private MigrationState told(String event, String detail) {
        MigrationState state = knownState();
        left = Optional.of(state.position());
        LOG.info("Migration {}: {} ({})", id(), state.position(), event);
        listener.moved(id(), state.position(), detail);
        return state;
    }

    /** Whether the record is where this walk left it, and no transition that it gave up on was written after all. */
    boolean isWhereItWasLeft() {
        ask("settle the lease", this::settle);
        return state().map(MigrationState::position).equals(left);
    }

    /** Keeps what gates have answered; harmless to do twice. */
    void record(GateQuestion question, List<GateReport> reports) {
        if (!reports.isEmpty()) {
            ask("settle the lease", this::settle);
            ask("record what the gates say", () -> {
                store.gatesAnswered(lease, question, reports);
                return true;
            });
        }
    }

    /** Runs a step that is not done. */
    void run(Step step) {
        run(step, Optional.empty(), () -> false);
    }

    /**
     * Runs a step that is not done.
     *
     * @param guard what has to hold in its transaction
     * @param begun whether something of its phase was done, so that who is in its way is waited for
     */
    void run(Step step, Optional<ReleaseGuard> guard, BooleanSupplier begun) {
        listener.stepBegins(id(), step, true);
        change(
                step.title(),
                begun,
                () -> recorded(step) == StepStatus.DONE,
                patience -> executor.run(lease, step, guard, control(patience)));
        listener.stepDone(id(), step, true);
    }

    /** Takes back a step that was done or begun. */
    void undo(Step step) {
        undo(step, Optional.empty(), () -> false);
    }

    /** Takes back a step that was done or begun; else as {@link #run(Step, Optional, BooleanSupplier)}. */
    void undo(Step step, Optional<ReleaseGuard> guard, BooleanSupplier begun) {
        listener.stepBegins(id(), step, false);
        change(
                "undo: " + step.title(),
                begun,
                () -> recorded(step) == StepStatus.PLANNED,
                patience -> executor.undo(lease, step, guard, control(patience)));
        listener.stepDone(id(), step, false);
    }

    /** Tries the rows of a backfill again that have failed; once more where an answer was lost, for it can do no harm. */
    RetryReport retryFailedRows(Step step) {
        List<RetryReport> reports = new ArrayList<>();
        change(
                "try failed rows again: " + step.title(),
                () -> false,
                patience -> reports.add(executor.retryFailedRows(lease, step, control(patience))));
        return reports.get(0);
    }

    private StepStatus recorded(Step step) {
        return store.steps(id()).stream()
                .filter(state -> state.step().ordinal() == step.ordinal())
                .map(StepState::status)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("step " + step.ordinal() + " of " + id() + " is gone"));
    }

    /**
     * Makes a change until it is made or hopeless.
     *
     * @param made whether the records say that it is made; asked before it is tried again
     */
    private void change(String what, BooleanSupplier made, Consumer<Retry.Patience> attempt) {
        change(what, () -> false, made, attempt);
    }

    private void change(String what, BooleanSupplier begun, BooleanSupplier made, Consumer<Retry.Patience> attempt) {
        Retry.Patience patience = retry.patience(what);
        boolean tried = false;
        while (true) {
            try {
                settle();
                if (tried && made.getAsBoolean()) {
                    return;
                }
                tried = true;
                attempt.accept(patience);
                return;
            } catch (StepFailure e) {
                unsettled |= e.errorClass() == ErrorClass.UNKNOWN;
                patience.pauseOrThrow(e, e.errorClass() == ErrorClass.IN_USE && begun.getAsBoolean());
            }
        }
    }

    /** After a lost answer: retires the token under which it was asked, so that nothing of it can still commit. */
    private Lease settle() {
        if (unsettled) {
            lease = store.settle(lease, leaseTime);
            unsettled = false;
        }
        return lease;
    }

    private StepControl control(Retry.Patience patience) {
        return new StepControl() {
            @Override
            public void checkpoint() {
                // In an interrupted thread no pause lasts: whoever waits would only ask, again and again.
                if (Thread.currentThread().isInterrupted() || stopped.getAsBoolean() || store.isPaused(id())) {
                    throw new PausedException(id());
                }
            }

            @Override
            public void progress(Progress progress) {
                patience.renew();
                listener.progress(id(), progress);
            }

            @Override
            public void waits(String reason) {
                listener.waits(id(), reason);
            }

            @Override
            public void paced(String pace) {
                // Whoever holds back on purpose has not failed to come forward.
                patience.renew();
                listener.paced(id(), pace);
            }
        };
    }
}
