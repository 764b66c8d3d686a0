package dev.migrator.engine;

import dev.migrator.Phase;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Records that a walk failed, if the database can still be reached. */
final class Failing {
    private static final Logger LOG = LoggerFactory.getLogger(Failing.class);

    private Failing() {}

    /**
     * Records a failure; but not over a transition whose answer was lost and that turns out to be written.
     *
     * @param at where the migration stands now
     * @param rollbackTo the target of the rollback under way
     * @param message what happened, with the migration and the phase
     */
    static Outcome record(Walk walk, Position at, Optional<Phase> rollbackTo, String message) {
        walk.giveUp();
        try {
            if (!walk.isWhereItWasLeft()) {
                return new Outcome.Failed(walk.knownState().position(), message);
            }
            walk.move(Transition.of(at, "failed", message)
                    .rollingBackTo(rollbackTo)
                    .withError(message));
        } catch (StepFailure e) {
            LOG.info("Migration {}: the failure could not be recorded: {}", walk.id(), e.getMessage());
            return new Outcome.Failed(at, message + "\nThis could not be recorded: " + e.getMessage());
        }
        return new Outcome.Failed(at, message);
    }

    /** What happened to a step. */
    static String of(Walk walk, StepState state, StepFailure failure) {
        return "Migration " + walk.id() + ", " + state.step().phase() + ", step "
                + state.step().ordinal() + " (" + state.step().title() + "): " + failure.getMessage();
    }

    /** What happened between steps. */
    static String of(Walk walk, Phase phase, StepFailure failure) {
        return "Migration " + walk.id() + ", " + phase + ": " + failure.getMessage();
    }
}
