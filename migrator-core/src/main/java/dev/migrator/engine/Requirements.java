package dev.migrator.engine;

import dev.migrator.plan.Action;
import dev.migrator.plan.Effect;
import java.util.List;
import java.util.stream.Stream;

/** What must hold before a rollback undoes anything. */
public final class Requirements {
    private Requirements() {}

    /** Those of the steps that were done, and of tables whose old shape is retired, even if the phase broke off after that. */
    public static Stream<Action.Require> of(List<StepState> steps) {
        return steps.stream()
                .filter(state -> state.status() != StepStatus.PLANNED || isRetired(state, steps))
                .flatMap(state ->
                        state.step().undo() instanceof Action.Require require ? Stream.of(require) : Stream.of());
    }

    private static boolean isRetired(StepState state, List<StepState> steps) {
        return steps.stream()
                .anyMatch(other -> other.status() == StepStatus.DONE
                        && other.step().effects().contains(Effect.RETIRES)
                        && other.step().operation().equals(state.step().operation()));
    }
}
