package dev.migrator.engine;

import dev.migrator.Direction;
import dev.migrator.Phase;
import dev.migrator.Status;
import dev.migrator.plan.Action;
import java.util.List;
import java.util.Optional;

/** Why a rollback is refused; looked for before it changes anything. */
final class Refusals {
    private static final String NOTHING_DONE = " Nothing was done.";
    private static final int MOST_NAMED = 5;

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
                .or(() -> unmet(steps))
                .ifPresent(reason -> {
                    String message = "Migration " + walk.id() + " stands at " + from.position() + ": " + reason;
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
                        ? to.get() + " is being undone already; roll back to an earlier phase." + NOTHING_DONE
                        : to.get() + " is not complete, so there is nothing to roll back to." + NOTHING_DONE);
    }

    private Optional<String> purged(List<StepState> steps) {
        boolean begun = steps.stream()
                .anyMatch(state -> state.step().phase() == Phase.PURGE && state.status() != StepStatus.PLANNED);
        boolean complete = from.phase() == Phase.PURGE && from.status() == Status.COMPLETE;
        return begun || complete
                ? Optional.of("PURGE is the point of no return, there is only the way forward." + NOTHING_DONE)
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
                                + ((Action.Irreversible) state.step().undo()).reason() + NOTHING_DONE);
    }

    private Optional<String> unmet(List<StepState> steps) {
        List<StepState> onTheWay = steps.stream()
                .filter(state -> to.isEmpty() || to.get().isBefore(state.step().phase()))
                .toList();
        return Requirements.of(onTheWay)
                .filter(require -> !walk.holds(require))
                .findFirst()
                .map(require -> require.otherwise() + NOTHING_DONE);
    }

    private Optional<String> outgrown() {
        boolean overContract = to.isEmpty() || to.get().isBefore(Phase.CONTRACT);
        if (!overContract) {
            return Optional.empty();
        }
        CompareReport found = walk.outgrownRows();
        return found.differing() == 0 ? Optional.empty() : Optional.of(outgrown(found));
    }

    private static String outgrown(CompareReport found) {
        boolean one = found.differing() == 1;
        StringBuilder text = new StringBuilder("the way back leads over CONTRACT, and ")
                .append(found.differing())
                .append(one ? " row holds values" : " rows hold values")
                .append(" that the old shape can't hold");
        List<String> named = found.examples().stream().limit(MOST_NAMED).toList();
        text.append(named.isEmpty() ? "." : ":\n  " + String.join("\n  ", named));
        if (!named.isEmpty() && found.differing() > named.size()) {
            text.append("\n  and ").append(found.differing() - named.size()).append(" more");
        }
        return text.append(named.isEmpty() ? NOTHING_DONE : "\nNothing was done.")
                .append(one ? " Change or delete that row" : " Change or delete those rows")
                .append(", then roll back again.")
                .toString();
    }
}
