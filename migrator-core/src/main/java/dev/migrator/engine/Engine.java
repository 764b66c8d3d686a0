package dev.migrator.engine;

import dev.migrator.Direction;
import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.Status;
import dev.migrator.plan.Plan;
import dev.migrator.plan.PlanRule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Walks one migration over its phases, forward or back.
 *
 * <ol>
 *   <li>Take the lease, or wait for it: the engine with the newest token is the only one that can write.
 *   <li>Read where the migration stands. One that was never started is planned, and the whole plan is recorded first.
 *   <li>Before each phase: is it asked to pause, do all gates let it begin, is the catalog as the phase before left it?
 *   <li>Run the phase's steps that are not done, in order; each commits together with its record.
 *   <li>A failure is tried again, looked up, or reported, by its class; what is recorded is never done twice.
 *   <li>Give the lease back.
 * </ol>
 *
 * Rolling back is the same walk in the other direction, over the recorded undo of each step. An engine that dies anywhere
 * leaves a state from which the next engine goes on. Safe for use by many threads and processes at once.
 */
public final class Engine {
    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
    private static final Duration LEASE_POLL = Duration.ofMillis(500);
    private static final Position BEFORE_ALL = new Position(Phase.EXPAND, Status.PENDING, Direction.FORWARD);

    private final MigrationStore store;
    private final StepExecutor executor;
    private final Planner planner;
    private final Pace pace;
    private final EngineSettings settings;
    private final EngineListener listener;

    /** Makes an engine over a database. */
    public Engine(
            MigrationStore store,
            StepExecutor executor,
            Planner planner,
            Pace pace,
            EngineSettings settings,
            EngineListener listener) {
        this.store = store;
        this.executor = executor;
        this.planner = planner;
        this.pace = pace;
        this.settings = settings;
        this.listener = new SafeListener(listener);
    }

    /**
     * Goes forward to the end of a phase, as far as the gates allow. A rollback that was begun is finished instead.
     *
     * @param migration the migration
     * @param to the last phase to complete
     * @param named whether a person named this very migration: only then does one that was rolled back go forward again, and
     *     only if it was rolled back before this call
     * @throws PlanRefusedException if preflight refuses the migration; nothing was changed
     */
    public Outcome migrate(Migration migration, Phase to, boolean named) {
        return holdingLease(
                migration.id(),
                (walk, seen) ->
                        forward(walk, migration, to, named && walk.state().equals(seen)));
    }

    /**
     * Goes back to the end of a phase. If the migration is asked to pause, this is recorded, and done when it is resumed.
     *
     * @param migration the migration
     * @param to the phase that is complete afterwards; empty: to before EXPAND
     */
    public Outcome rollback(Migration migration, Optional<Phase> to) {
        return holdingLease(migration.id(), (walk, seen) -> {
            MigrationState state = walk.state()
                    .orElseThrow(() -> failure(
                            "Migration " + migration.id() + " was never started; there is nothing to roll back."));
            return new Backward(walk, migration, to).run(state);
        });
    }

    /**
     * Tries the rows again that the migration's backfill has passed over, and does nothing else.
     *
     * @throws StepFailure if it can't be done: the migration has not started, is paused, is on its way back or in other hands,
     *     or the database fails
     */
    public RetryReport retryFailedRows(String id) {
        List<RetryReport> reports = new ArrayList<>();
        Outcome outcome = holdingLease(id, (walk, seen) -> {
            reports.add(new RowRetry(walk).run());
            return new Outcome.Arrived(walk.knownState().position(), "");
        });
        if (outcome instanceof Outcome.Failed failed) {
            throw failure(failed.message());
        } else if (outcome instanceof Outcome.Waits waits) {
            throw failure("Migration " + id + ": "
                    + String.join(
                            "; ", waits.reasons().stream().map(Waiting::reason).toList())
                    + ". No row was tried. If that engine is at the backfill, it tries failed rows by itself when it begins"
                    + " again; else wait until it has ended, or pause it.");
        }
        return reports.get(0);
    }

    private Outcome forward(Walk walk, Migration migration, Phase to, boolean meant) {
        Optional<MigrationState> found = walk.state();
        if (found.isEmpty()) {
            return begin(walk, migration, to, BEFORE_ALL);
        }
        MigrationState state = found.get();
        if (state.direction() == Direction.FORWARD) {
            checkDefinition(migration, state);
            return new Forward(walk, migration, to).run(state);
        }
        boolean arrived = state.isRolledBack() || state.status() == Status.COMPLETE;
        if (!arrived) {
            return new Backward(walk, migration, state.rollbackTo()).run(state);
        }
        if (!meant) {
            String where = state.isRolledBack() ? "before EXPAND" : "the end of " + state.phase();
            return new Outcome.Arrived(
                    state.position(),
                    "was rolled back to " + where + "; name it to go forward again: migrate " + state.id());
        }
        return state.isRolledBack() ? begin(walk, migration, to, state.position()) : turn(walk, migration, to, state);
    }

    /** Starts a migration that was never started, or was rolled back entirely. */
    private Outcome begin(Walk walk, Migration migration, Phase to, Position position) {
        if (walk.isPaused()) {
            return new Outcome.Paused(position);
        }
        List<Waiting> closed = walk.gates().beforePhase(migration, Phase.EXPAND, Optional.empty());
        if (!closed.isEmpty()) {
            return new Outcome.Waits(Phase.EXPAND, closed);
        }
        Plan plan = walk.ask("plan it", () -> planner.plan(migration));
        List<String> broken = PlanRule.check(plan);
        if (!broken.isEmpty()) {
            throw failure(
                    "Migration " + migration.id() + " was planned against the rules of plans, which is a bug of the"
                            + " planner:\n  " + String.join("\n  ", broken) + "\nNothing was done.");
        }
        return new Forward(walk, migration, to).run(walk.start(migration, plan));
    }

    /** Goes forward again after a rollback to the end of a phase. */
    private Outcome turn(Walk walk, Migration migration, Phase to, MigrationState state) {
        checkDefinition(migration, state);
        Position turned = new Position(state.phase(), Status.COMPLETE, Direction.FORWARD);
        return new Forward(walk, migration, to).run(walk.move(Transition.of(turned, "turned-forward", "")));
    }

    private static void checkDefinition(Migration migration, MigrationState state) {
        if (!state.checksum().equals(migration.checksum())) {
            List<String> changes = Migration.differences(state.definition(), migration.definition());
            throw failure("Migration " + migration.id() + " stands at " + state.position()
                    + " and was started with another definition; it must not change under way:\n  "
                    + String.join("\n  ", changes)
                    + "\nNothing was done. Restore the file, or roll the migration back first.");
        }
    }

    private static StepFailure failure(String message) {
        return new StepFailure(ErrorClass.PERMANENT, "", message, Optional.empty());
    }

    /**
     * Does something under the lease.
     *
     * @param body what to do, given the walk and the record as it was when the caller asked, before any waiting for the lease
     */
    private Outcome holdingLease(String id, BiFunction<Walk, Optional<MigrationState>, Outcome> body) {
        Retry retry = new Retry(id, pace, settings.retryFor(), listener);
        Position last = BEFORE_ALL;
        try {
            Optional<MigrationState> seen = retry.ask("read its record", () -> store.find(id));
            last = seen.map(MigrationState::position).orElse(BEFORE_ALL);
            // A name of its own for each walk: so the lease can tell this walk's lost answers from another walk's
            // lease.
            String owner = settings.owner() + "/" + UUID.randomUUID().toString().substring(0, 8);
            Optional<Lease> lease = awaitLease(retry, id, owner);
            if (lease.isEmpty()) {
                Phase phase = seen.map(MigrationState::phase).orElse(Phase.EXPAND);
                return new Outcome.Waits(phase, List.of(new Waiting("lease", heldBy(holder(retry, id)))));
            }
            Walk walk = new Walk(
                    store,
                    executor,
                    pace,
                    settings.leaseTime(),
                    listener,
                    retry,
                    settings.gates(),
                    settings.stopped(),
                    lease.get());
            return walk.hold(() -> body.apply(walk, seen));
        } catch (StepFailure | LeaseLostException e) {
            LOG.debug("Migration {} stopped", id, e);
            String message = String.valueOf(e.getMessage());
            String subject = "Migration " + id;
            return new Outcome.Failed(
                    position(retry, id, last), message.startsWith(subject) ? message : subject + ": " + message);
        }
    }

    private Position position(Retry retry, String id, Position last) {
        try {
            return retry.brief()
                    .ask("read where it stands", () -> store.find(id))
                    .map(MigrationState::position)
                    .orElse(last);
        } catch (StepFailure e) {
            LOG.debug("Migration {}: its record cannot be read", id, e);
            return last;
        }
    }

    private Optional<Lease> awaitLease(Retry retry, String id, String owner) {
        Instant until = retry.ask("read the clock", store::now).plus(settings.leaseWait());
        Optional<String> told = Optional.empty();
        while (true) {
            Optional<Lease> lease = retry.ask("take the lease", () -> store.acquire(id, owner, settings.leaseTime()));
            if (lease.isPresent()
                    || Thread.currentThread().isInterrupted()
                    || settings.stopped().getAsBoolean()
                    || retry.ask("read the clock", store::now).isAfter(until)) {
                return lease;
            }
            Optional<LeaseHolder> holder = holder(retry, id);
            Optional<String> name = holder.map(LeaseHolder::owner);
            if (!name.equals(told)) {
                listener.retries(id, heldBy(holder));
                told = name;
            }
            pace.pause(LEASE_POLL);
        }
    }

    private Optional<LeaseHolder> holder(Retry retry, String id) {
        return retry.ask("read who holds the lease", () -> store.holder(id));
    }

    private static String heldBy(Optional<LeaseHolder> holder) {
        return holder.map(by -> "another engine is at work: " + by.owner() + ", lease until " + by.expires())
                .orElse("another engine is just finishing");
    }
}
