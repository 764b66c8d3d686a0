package dev.migrator.engine;

import dev.migrator.Phase;
import java.util.List;

/** How a walk over the phases of one migration ended. */
public sealed interface Outcome {

    /**
     * It stands where it was asked to.
     *
     * @param position where it stands
     * @param message one line for people
     */
    record Arrived(Position position, String message) implements Outcome {}

    /**
     * It waits before a phase, or before a phase is undone, or for another engine.
     *
     * @param phase the phase that has not begun, or of which nothing has been undone
     * @param reasons which gates, and why
     */
    record Waits(Phase phase, List<Waiting> reasons) implements Outcome {
        /** Copies the list. */
        public Waits {
            reasons = List.copyOf(reasons);
        }
    }

    /**
     * Somebody asked it to pause.
     *
     * @param position where it stands
     */
    record Paused(Position position) implements Outcome {}

    /**
     * It failed.
     *
     * @param position where it stands
     * @param message what happened, what was left, what to do
     */
    record Failed(Position position, String message) implements Outcome {}
}
