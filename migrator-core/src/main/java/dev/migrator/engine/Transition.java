package dev.migrator.engine;

import dev.migrator.Phase;
import java.util.List;
import java.util.Optional;

/**
 * A change of a migration's state, written in one transaction together with its line of history.
 *
 * @param to the new position
 * @param rollbackTo the rollback's target from now on
 * @param error the error to show, empty to show none
 * @param waiting the reasons to show, empty to show none
 * @param phaseCompleted whether this completes a phase, so that soak times count from now
 * @param fingerprint the catalog lines to compare from now on; empty: as before
 * @param event what happened, for the history
 * @param detail the rest, for the history
 */
public record Transition(
        Position to,
        Optional<Phase> rollbackTo,
        Optional<String> error,
        List<Waiting> waiting,
        boolean phaseCompleted,
        Optional<List<String>> fingerprint,
        String event,
        String detail) {

    /** The event that uses up all approvals given before it. */
    public static final String ROLLBACK_STARTED = "rollback-started";

    /** Copies the lists. */
    public Transition {
        waiting = List.copyOf(waiting);
        fingerprint = fingerprint.map(List::copyOf);
    }

    /** A transition that clears error and reasons. */
    public static Transition of(Position to, String event, String detail) {
        return new Transition(
                to, Optional.empty(), Optional.empty(), List.of(), false, Optional.empty(), event, detail);
    }

    /** The same, as part of a rollback to the end of that phase. */
    public Transition rollingBackTo(Optional<Phase> target) {
        return new Transition(to, target, error, waiting, phaseCompleted, fingerprint, event, detail);
    }

    /** The same, showing an error. */
    public Transition withError(String message) {
        return new Transition(
                to, rollbackTo, Optional.of(message), waiting, phaseCompleted, fingerprint, event, detail);
    }

    /** The same, showing why it waits. */
    public Transition withWaiting(List<Waiting> reasons) {
        return new Transition(to, rollbackTo, error, reasons, phaseCompleted, fingerprint, event, detail);
    }

    /** The same, completing a phase with the catalog as it is now. */
    public Transition completingPhase(List<String> catalog) {
        return new Transition(to, rollbackTo, error, waiting, true, Optional.of(catalog), event, detail);
    }
}
