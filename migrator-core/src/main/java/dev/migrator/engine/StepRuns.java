package dev.migrator.engine;

import java.util.List;
import java.util.Optional;

/** How often the steps of a phase may be run in one walk, if a failover takes some of them back. */
final class StepRuns {
    private static final int MOST_EACH = 3;

    private StepRuns() {}

    /**
     * Throws if there is no end to it.
     *
     * @param runs how many steps were run so far
     */
    static void check(int runs, List<StepState> steps, StepState next) {
        if (runs > MOST_EACH * steps.size()) {
            String step = next.step().ordinal() + " (" + next.step().title() + ")";
            throw new StepFailure(
                    ErrorClass.PERMANENT,
                    "",
                    "what was done is taken back again and again, the last time step " + step
                            + ". See which server this is, and whether it follows another one.",
                    Optional.empty());
        }
    }
}
