package dev.migrator.engine;

import dev.migrator.Direction;
import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.Status;
import dev.migrator.plan.Action;
import dev.migrator.plan.Effect;
import dev.migrator.plan.Step;
import java.util.List;
import java.util.Optional;

/**
 * The way back, phase by phase, over the recorded undo of each step.
 *
 * <p>That a rollback was begun is recorded before anything is undone, even if the migration is asked to pause: from then on
 * no engine goes forward until the rollback has reached its target.
 */
final class Backward {
    private final Walk walk;
    private final Migration migration;
    private final Optional<Phase> to;

    /**
     * A way back.
     *
     * @param to the phase that is complete afterwards; empty: to before EXPAND
     */
    Backward(Walk walk, Migration migration, Optional<Phase> to) {
        this.walk = walk;
        this.migration = migration;
        this.to = to;
    }

    Outcome run(MigrationState from) {
        if (from.isRolledBack()) {
            return new Outcome.Arrived(from.position(), "was rolled back already");
        }
        if (from.status() == Status.COMPLETE && to.equals(Optional.of(from.phase()))) {
            return new Outcome.Arrived(from.position(), "stands there already");
        }
        boolean underWay = from.direction() == Direction.ROLLING_BACK && from.status() != Status.COMPLETE;
        boolean rests = underWay && from.rollbackTo().equals(to) && walk.isPaused();
        if (!rests) {
            new Refusals(walk, from, to).throwIfAny();
        }
        List<Waiting> closed = underWay ? List.of() : walk.gates().beforeRollback(migration, from, to);
        return closed.isEmpty() ? walkBack(begin(from, underWay)) : new Outcome.Waits(firstUndone(from), closed);
    }

    /** A phase that waits at its gate has not begun: the one before it is undone first. */
    private static Phase firstUndone(MigrationState from) {
        return from.status() == Status.WAITING ? from.phase().previous().orElse(Phase.EXPAND) : from.phase();
    }

    private MigrationState begin(MigrationState from, boolean underWay) {
        if (underWay && from.rollbackTo().equals(to)) {
            return from;
        }
        String event = underWay ? "rollback-redirected" : Transition.ROLLBACK_STARTED;
        String target = to.map(phase -> "to the end of " + phase).orElse("to before EXPAND");
        return walk.move(
                Transition.of(at(from.phase(), Status.RUNNING), event, target).rollingBackTo(to));
    }

    private Outcome walkBack(MigrationState begun) {
        MigrationState state = begun;
        while (!state.isRolledBack() && state.status() != Status.COMPLETE) {
            try {
                Optional<Outcome> stopped = undoPhase(state);
                if (stopped.isPresent()) {
                    return stopped.get();
                }
                state = leave(state.phase());
            } catch (StepFailure e) {
                return failed(state.phase(), Failing.of(walk, state.phase(), e));
            }
        }
        return new Outcome.Arrived(
                state.position(),
                "is rolled back to " + to.map(phase -> "the end of " + phase).orElse("before EXPAND"));
    }

    private static Position at(Phase phase, Status status) {
        return new Position(phase, status, Direction.ROLLING_BACK);
    }

    private Optional<Outcome> undoPhase(MigrationState state) {
        Phase phase = state.phase();
        if (walk.isPaused()) {
            return Optional.of(
                    state.status() == Status.RUNNING ? paused(phase, "") : new Outcome.Paused(state.position()));
        }
        List<StepState> steps = walk.steps(phase);
        boolean untouched = steps.stream().allMatch(step -> step.status() == StepStatus.DONE);
        List<Waiting> closed = untouched ? walk.gates().duringRollback(migration, state) : List.of();
        if (!closed.isEmpty()) {
            return Optional.of(waits(state, closed));
        }
        if (state.status() != Status.RUNNING) {
            walk.move(Transition.of(at(phase, Status.RUNNING), "rollback-resumed", "")
                    .rollingBackTo(to));
        }
        return makeProvable(phase).or(() -> undoSteps(phase));
    }

    /**
     * Where a phase broke off after it had retired the old shape of a table, what proves on the way back that nothing is lost
     * was not reached. Those steps do nothing forward; they are passed, so that their undo is among what is undone.
     */
    private Optional<Outcome> makeProvable(Phase phase) {
        List<StepState> steps = walk.steps(phase);
        for (StepState state : steps) {
            Step step = state.step();
            boolean proves = step.action() instanceof Action.Nothing && !(step.undo() instanceof Action.Nothing);
            boolean reached = state.status() != StepStatus.PLANNED;
            if (reached || !(proves || isRetiring(step)) || steps.stream().noneMatch(other -> retired(other, step))) {
                continue;
            }
            try {
                walk.run(step);
            } catch (PausedException e) {
                return Optional.of(paused(phase, "before undoing it, at: " + step.title()));
            } catch (StepFailure e) {
                return Optional.of(failed(phase, Failing.of(walk, state, e)));
            }
        }
        return Optional.empty();
    }

    private static boolean isRetiring(Step step) {
        return step.effects().contains(Effect.RETIRES);
    }

    /** Whether a step has retired columns of a table that another step's undo is about. */
    private static boolean retired(StepState done, Step other) {
        return done.status() == StepStatus.DONE
                && isRetiring(done.step())
                && Step.locksOf(other.undo()).stream().anyMatch(lock -> done.step().locks().stream()
                        .anyMatch(held -> held.table().equals(lock.table())));
    }

    private Outcome paused(Phase phase, String where) {
        Position paused = at(phase, Status.PAUSED);
        walk.move(Transition.of(paused, "paused", where).rollingBackTo(to));
        return new Outcome.Paused(paused);
    }

    private Outcome waits(MigrationState state, List<Waiting> closed) {
        if (state.status() != Status.WAITING) {
            walk.move(Transition.of(at(state.phase(), Status.WAITING), "waiting", Waiting.describe(closed))
                    .rollingBackTo(to)
                    .withWaiting(closed));
        }
        return new Outcome.Waits(state.phase(), closed);
    }

    private Outcome failed(Phase phase, String message) {
        return Failing.record(walk, at(phase, Status.FAILED), to, message);
    }

    /** Undoes, from the last one on, what the record says is not; it is read again after each step, as on the way forward. */
    private Optional<Outcome> undoSteps(Phase phase) {
        List<StepState> steps = walk.steps(phase);
        Optional<StepState> next = begun(steps);
        for (int runs = 0; next.isPresent(); runs++) {
            StepRuns.check(runs, steps, next.get());
            Optional<Outcome> stopped = undoStep(phase, next.get());
            if (stopped.isPresent()) {
                return stopped;
            }
            next = begun(walk.steps(phase));
        }
        return Optional.empty();
    }

    /** The last step that was begun or done. */
    private static Optional<StepState> begun(List<StepState> steps) {
        return steps.stream()
                .filter(state -> state.status() != StepStatus.PLANNED)
                .reduce((first, second) -> second);
    }

    private Optional<Outcome> undoStep(Phase phase, StepState state) {
        String title = state.step().title();
        if (walk.isPaused()) {
            return Optional.of(paused(phase, "before undoing: " + title));
        }
        try {
            walk.undo(state.step(), ReleaseGuard.beforeUndoing(migration, phase), () -> !isWhole(phase));
            return Optional.empty();
        } catch (PausedException e) {
            return Optional.of(paused(phase, "while undoing: " + title));
        } catch (StepFailure e) {
            if (e.errorClass() == ErrorClass.IN_USE && isWhole(phase)) {
                return Optional.of(
                        waits(walk.knownState(), List.of(new Waiting("releases", String.valueOf(e.getMessage())))));
            }
            return Optional.of(failed(phase, Failing.of(walk, state, e)));
        }
    }

    private boolean isWhole(Phase phase) {
        return walk.steps(phase).stream().allMatch(step -> step.status() == StepStatus.DONE);
    }

    /** All steps of a phase are undone: the migration stands at the end of the phase before, or before EXPAND. */
    private MigrationState leave(Phase undone) {
        Optional<Phase> previous = undone.previous();
        if (previous.isEmpty()) {
            return walk.move(Transition.of(at(Phase.EXPAND, Status.PENDING), "rolled-back", ""));
        }
        boolean last = to.equals(previous);
        List<String> catalog = walk.fingerprint();
        return walk.move(Transition.of(
                        at(previous.get(), last ? Status.COMPLETE : Status.RUNNING),
                        "phase-undone",
                        undone + " is undone")
                .rollingBackTo(to)
                .completingPhase(catalog));
    }
}
