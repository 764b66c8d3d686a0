package dev.migrator.engine;

import static dev.migrator.engine.Violation.unless;

import dev.migrator.Direction;
import dev.migrator.Gate;
import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.Status;
import dev.migrator.plan.Action;
import dev.migrator.plan.Artifact;
import dev.migrator.plan.Effect;
import dev.migrator.plan.Step;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Looks at everything that is committed, and holds it against the invariants. */
final class Watch {
    private final InMemoryTables tables;
    private Optional<String> lastWritten = Optional.empty();
    private Instant turned = Instant.EPOCH;

    Watch(InMemoryTables tables) {
        this.tables = tables;
    }

    void commits(OpenTransaction transaction) {
        unless(
                transaction.lease().token() == tables.token(),
                transaction + " commits, but the newest is " + tables.token());
    }

    void starts(Lease lease) {
        unless(tables.state().map(MigrationState::isRolledBack).orElse(true), "started, but it is under way");
        unless(
                tables.schema().isAsBefore(),
                "started over what is left: " + tables.schema().describe());
        writesOnce(lease, "started");
    }

    /** A step's record changes. */
    void marks(Step step, StepStatus to) {
        MigrationState state = tables.state().orElseThrow();
        StepStatus from = tables.status(step);
        String what = "step " + step.ordinal() + " of " + step.phase() + " goes from " + from + " to " + to + " at "
                + state.position();
        boolean forward = state.direction() == Direction.FORWARD;
        unless(state.status() == Status.RUNNING && state.phase() == step.phase(), what + ", out of its phase");
        boolean makesProvable = !forward && to == StepStatus.DONE && belongsToAProof(step);
        boolean isDisproven = forward && to == StepStatus.PLANNED && isAboutRows(step);
        unless(to != StepStatus.DONE || forward || makesProvable, what + " in a rollback");
        unless(to != StepStatus.PLANNED || !forward || isDisproven, what + " on the way forward");
        unless(from != to || to == StepStatus.RUNNING, what + " a second time");
        for (StepState other : tables.steps()) {
            int place = Integer.compare(other.step().ordinal(), step.ordinal());
            boolean earlier = (!forward && belongsToAProof(step)) || other.status() == StepStatus.DONE;
            boolean later = (forward && isAboutRows(step)) || other.status() == StepStatus.PLANNED;
            unless(place >= 0 || earlier, what + " before an earlier step is done");
            unless(place <= 0 || later, what + " while a later step is not undone");
        }
    }

    /** What a rollback does forward first, where CONTRACT has broken off: it retires nothing that it can't prove whole. */
    private static boolean belongsToAProof(Step step) {
        return step.effects().contains(Effect.RETIRES) || step.action() instanceof Action.Nothing;
    }

    /** What is taken back, and done again later, when a scan finds a row that breaks what was added. */
    private static boolean isAboutRows(Step step) {
        return step.action() instanceof Action.Compare
                || step.makes().stream().anyMatch(artifact -> artifact.kind() == Artifact.Kind.CONSTRAINT);
    }

    void moves(MigrationState before, Transition transition, Lease lease) {
        Position from = before.position();
        Position to = transition.to();
        String what = transition.event() + ": " + from + " -> " + to;
        unless(Moves.isLegal(from, transition), "an illegal move, " + what);
        writesOnce(lease, what);
        boolean aims = transition.event().equals(Transition.ROLLBACK_STARTED)
                || transition.event().equals("rollback-redirected");
        unless(
                aims
                        || to.direction() == Direction.FORWARD
                        || transition.rollbackTo().equals(before.rollbackTo()),
                "the rollback's target changes, " + what);
        switch (transition.event()) {
            case "phase-started" -> entered(before, to.phase());
            case "phase-complete" -> allAre(to.phase(), StepStatus.DONE, what);
            case "phase-undone" -> allAre(to.phase().next().orElseThrow(), StepStatus.PLANNED, what);
            case "rolled-back" -> {
                List.of(Phase.values()).forEach(phase -> allAre(phase, StepStatus.PLANNED, what));
                unless(
                        tables.schema().isAsBefore(),
                        "rolled back, but left: " + tables.schema().describe());
            }
            case Transition.ROLLBACK_STARTED -> {
                allAre(Phase.PURGE, StepStatus.PLANNED, what);
                turned = tables.now();
            }
            default -> {}
        }
    }

    /** One walk never has a reason to write the same line twice running. */
    private void writesOnce(Lease lease, String what) {
        Optional<String> written = Optional.of(lease.owner() + " " + what);
        unless(!written.equals(lastWritten), "written twice: " + what);
        lastWritten = written;
    }

    private void allAre(Phase phase, StepStatus status, String what) {
        for (StepState state : tables.steps()) {
            unless(
                    state.step().phase() != phase || state.status() == status,
                    what + ", but step " + state.step().ordinal() + " is " + state.status());
        }
    }

    private void entered(MigrationState before, Phase phase) {
        allAre(phase, StepStatus.PLANNED, "entered " + phase);
        phase.previous().ifPresent(previous -> allAre(previous, StepStatus.DONE, "entered " + phase));
        Migration migration = tables.migration().orElseThrow();
        for (Gate gate : migration.gates().before(phase, migration.narrows())) {
            unless(isOpen(gate, before, phase), phase + " is entered, and its gate was shut: " + gate);
        }
    }

    private boolean isOpen(Gate gate, MigrationState before, Phase phase) {
        if (gate instanceof Gate.Soak soak) {
            Instant until = before.phaseCompletedAt().plus(soak.duration());
            return phase == Phase.EXPAND || !tables.now().isBefore(until);
        } else if (gate instanceof Gate.Sql) {
            return !tables.queryWasTrue().isBefore(before.updatedAt());
        } else if (gate instanceof Gate.Releases releases) {
            LiveReleases live = tables.live();
            boolean known = live.unknown().isEmpty() || releases.onlyRegistered();
            return live.needed().isEmpty() && (known || isApproved(phase));
        } else if (gate instanceof Gate.Window window) {
            return window.windows().closedUntil(tables.now()).isEmpty();
        } else if (gate instanceof Gate.All all) {
            return all.gates().stream().allMatch(one -> isOpen(one, before, phase));
        } else if (gate instanceof Gate.Any any) {
            return any.gates().stream().anyMatch(one -> isOpen(one, before, phase));
        } else if (gate instanceof Gate.Not not) {
            return !isOpen(not.gate(), before, phase);
        }
        return isApproved(phase);
    }

    private boolean isApproved(Phase phase) {
        return tables.approvals().stream()
                .anyMatch(approval -> approval.phase() == phase && approval.at().isAfter(turned));
    }
}
