package dev.migrator.engine;

import dev.migrator.Direction;
import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The way forward, phase by phase.
 *
 * <p>A phase of which no step was begun is entered, whatever the record says of it: its gates are asked, and the catalog is
 * compared with how the phase before left it. One that was begun goes on where it stopped.
 */
final class Forward {
    private final Walk walk;
    private final Migration migration;
    private final Phase to;

    Forward(Walk walk, Migration migration, Phase to) {
        this.walk = walk;
        this.migration = migration;
        this.to = to;
    }

    Outcome run(MigrationState from) {
        MigrationState state = from;
        while (!arrived(state)) {
            Phase phase = isComplete(state) ? state.phase().next().orElseThrow() : state.phase();
            try {
                Optional<Outcome> stopped = runPhase(state, phase);
                if (stopped.isPresent()) {
                    return stopped.get();
                }
                state = complete(phase);
            } catch (StepFailure e) {
                return failed(phase, Failing.of(walk, phase, e));
            }
        }
        Phase reached = to.isBefore(state.phase()) ? to : state.phase();
        return new Outcome.Arrived(state.position(), reached + " is complete");
    }

    private boolean arrived(MigrationState state) {
        return to.isBefore(state.phase())
                || (isComplete(state) && !state.phase().isBefore(to));
    }

    private static boolean isComplete(MigrationState state) {
        return state.status() == Status.COMPLETE;
    }

    private static Position at(Phase phase, Status status) {
        return new Position(phase, status, Direction.FORWARD);
    }

    private Optional<Outcome> runPhase(MigrationState state, Phase phase) {
        if (walk.isPaused()) {
            return Optional.of(pausedBefore(state, phase));
        }
        List<StepState> steps = walk.steps(phase);
        boolean begun = steps.stream().anyMatch(step -> step.status() != StepStatus.PLANNED);
        if (!begun) {
            Optional<Outcome> shut = enter(state, phase);
            if (shut.isPresent()) {
                return shut;
            }
        } else if (state.status() != Status.RUNNING) {
            walk.move(Transition.of(at(phase, Status.RUNNING), "phase-resumed", ""));
        }
        return runSteps(phase, steps);
    }

    private Outcome pausedBefore(MigrationState state, Phase phase) {
        return state.status() == Status.RUNNING ? paused(phase, "") : new Outcome.Paused(state.position());
    }

    private Outcome paused(Phase phase, String where) {
        Position paused = at(phase, Status.PAUSED);
        walk.move(Transition.of(paused, "paused", where));
        return new Outcome.Paused(paused);
    }

    private Outcome failed(Phase phase, String message) {
        return Failing.record(walk, at(phase, Status.FAILED), Optional.empty(), message);
    }

    /** Enters a phase; or tells why not. */
    private Optional<Outcome> enter(MigrationState state, Phase phase) {
        List<Waiting> closed = walk.gates().beforePhase(migration, phase, Optional.of(state));
        if (!closed.isEmpty()) {
            return Optional.of(waits(state, phase, closed));
        }
        List<String> drift = drift(state.fingerprint(), walk.fingerprint());
        if (!drift.isEmpty()) {
            return Optional.of(failed(
                    phase,
                    "Migration " + walk.id() + ", before " + phase
                            + ": the schema has changed since the phase before was completed:\n  "
                            + String.join("\n  ", drift)
                            + "\nNothing of " + phase
                            + " was done. Undo that change, or roll the migration back and start it anew."));
        }
        walk.move(Transition.of(at(phase, Status.RUNNING), "phase-started", ""));
        return Optional.empty();
    }

    private Outcome waits(MigrationState state, Phase phase, List<Waiting> closed) {
        boolean told = state.status() == Status.WAITING
                && Waiting.gates(state.waiting()).equals(Waiting.gates(closed));
        if (!told) {
            walk.move(Transition.of(at(phase, Status.WAITING), "waiting", Waiting.describe(closed))
                    .withWaiting(closed));
        }
        return new Outcome.Waits(phase, closed);
    }

    private static List<String> drift(List<String> before, List<String> now) {
        List<String> changes = new ArrayList<>();
        before.stream().filter(line -> !now.contains(line)).forEach(line -> changes.add("gone or changed: " + line));
        now.stream().filter(line -> !before.contains(line)).forEach(line -> changes.add("new or changed: " + line));
        return changes;
    }

    /**
     * Runs, in order, what the record says is not done. The record is read again after each step: a failover may have taken
     * back steps, effect and record together, whose commit the standby had not seen, and a later step relies on them.
     */
    private Optional<Outcome> runSteps(Phase phase, List<StepState> planned) {
        Optional<StepState> next = undone(planned);
        for (int runs = 0; next.isPresent(); runs++) {
            StepState state = next.get();
            StepRuns.check(runs, planned, state);
            Optional<Outcome> stopped = runStep(phase, state);
            if (stopped.isPresent()) {
                return stopped;
            }
            next = undone(walk.steps(phase));
        }
        return Optional.empty();
    }

    private static Optional<StepState> undone(List<StepState> steps) {
        return steps.stream().filter(state -> state.status() != StepStatus.DONE).findFirst();
    }

    private Optional<Outcome> runStep(Phase phase, StepState state) {
        String title = state.step().title();
        if (walk.isPaused()) {
            return Optional.of(paused(phase, "before: " + title));
        }
        try {
            walk.run(state.step(), ReleaseGuard.before(migration, phase), () -> !isUntouched(phase));
            return Optional.empty();
        } catch (PausedException e) {
            return Optional.of(paused(phase, "during: " + title));
        } catch (StepFailure e) {
            if (e.errorClass() == ErrorClass.IN_USE && isUntouched(phase)) {
                return Optional.of(waits(
                        walk.knownState(), phase, List.of(new Waiting("releases", String.valueOf(e.getMessage())))));
            }
            String message = new Disproof(walk, state.step(), e).settle().orElseGet(() -> Failing.of(walk, state, e));
            return Optional.of(failed(phase, message));
        }
    }

    private boolean isUntouched(Phase phase) {
        return walk.steps(phase).stream().allMatch(step -> step.status() == StepStatus.PLANNED);
    }

    private MigrationState complete(Phase phase) {
        List<String> catalog = walk.fingerprint();
        return walk.move(
                Transition.of(at(phase, Status.COMPLETE), "phase-complete", "").completingPhase(catalog));
    }
}
