package dev.migrator.test;

import dev.migrator.Direction;
import dev.migrator.Phase;
import dev.migrator.plan.LockMode;
import java.util.OptionalInt;

/**
 * A lock on a table as it was really held.
 *
 * @param phase the phase
 * @param direction on the way forward, or back
 * @param step the step of the plan, where the session said so
 * @param statement the command tag after which it was seen, such as {@code ALTER TABLE}; empty text if it was seen from beside
 * @param table the table, as SQL writes it
 * @param mode the mode
 */
public record TakenLock(
        Phase phase, Direction direction, OptionalInt step, String statement, String table, LockMode mode) {
    @Override
    public String toString() {
        return "%s%s%s: %s on %s%s"
                .formatted(
                        phase,
                        direction == Direction.FORWARD ? "" : " back",
                        step.isPresent() ? ", step " + step.getAsInt() : "",
                        mode.sql(),
                        table,
                        statement.isEmpty() ? "" : " after " + statement);
    }
}
