package dev.migrator.engine;

import dev.migrator.Direction;
import dev.migrator.Phase;
import dev.migrator.Status;
import dev.migrator.plan.Action;
import java.util.List;
import java.util.Optional;

/** Why a rollback is refused; looked for before it changes anything. */
final class Refusals {
    private final Walk walk;
    private final MigrationState from;
    private final Optional<Phase> to;

    Refusals(Walk walk, MigrationState from, Optional<Phase> to) {
        this.walk = walk;
        this.from = from;
        this.to = to;
    }

    /**
     * Passes if the way back is open.
     *
     * @throws StepFailure that says why it is not
     */
    void throwIfAny() {
        List<StepState> steps = walk.steps();
        pastTheTarget()
                .or(() -> purged(steps))
                .or(() -> irreversible(steps))
                .or(this::outgrown)
                .ifPresent(reason -> {
                    String message = "Migration " + walk.id() + " stands at " + from.position() + ": " + reason
                            + " Nothing was done.";
                    throw new StepFailure(ErrorClass.PERMANENT, "", message, Optional.empty());
                });
    }

    private Optional<String> pastTheTarget() {
        if (to.isEmpty() || to.get().isBefore(from.phase())) {
            return Optional.empty();
        }
        boolean half = from.direction() == Direction.ROLLING_BACK && to.get() == from.phase();
        return Optional.of(
                half
                        ? to.get() + " is being undone already; roll back to an earlier phase."
                        : to.get() + " is not complete, so there is nothing to roll back to.");
    }

    private Optional<String> purged(List<StepState> steps) {
        boolean begun = steps.stream()
                .anyMatch(state -> state.step().phase() == Phase.PURGE && state.status() != StepStatus.PLANNED);
        boolean complete = from.phase() == Phase.PURGE && from.status() == Status.COMPLETE;
        return begun || complete
                ? Optional.of("PURGE is the point of no return, there is only the way forward.")
                : Optional.empty();
    }

    private Optional<String> irreversible(List<StepState> steps) {
        return steps.stream()
                .filter(state -> to.isEmpty() || to.get().isBefore(state.step().phase()))
                .filter(state -> state.status() != StepStatus.PLANNED)
                .filter(state -> state.step().undo() instanceof Action.Irreversible)
                .findFirst()
                .map(state ->
                        "step " + state.step().ordinal() + " (" + state.step().title() + ") has no way back: "
                                + ((Action.Irreversible) state.step().undo()).reason());
    }

    private Optional<String> outgrown() {
        boolean overContract = to.isEmpty() || to.get().isBefore(Phase.CONTRACT);
        long rows = overContract ? walk.outgrownRows() : 0;
        return rows == 0
                ? Optional.empty()
                : Optional.of("the way back leads over CONTRACT, and " + rows
                        + " rows hold values that the old shape can't hold.");
    }
}
