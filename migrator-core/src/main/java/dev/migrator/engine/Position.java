package dev.migrator.engine;

import dev.migrator.Direction;
import dev.migrator.Phase;
import dev.migrator.Status;

/**
 * A phase, how it stands there, and which way it goes.
 *
 * @param phase the phase
 * @param status the status within the phase
 * @param direction forward or back
 */
public record Position(Phase phase, Status status, Direction direction) {
    @Override
    public String toString() {
        return phase + " " + status + (direction == Direction.ROLLING_BACK ? " (rolling back)" : "");
    }
}
