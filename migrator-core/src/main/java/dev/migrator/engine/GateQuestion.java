package dev.migrator.engine;

import dev.migrator.Direction;
import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.Shape;
import java.util.Optional;

/**
 * What a gate is asked about.
 *
 * @param migration the migration
 * @param phase the phase that may begin; on the way back, the one that may be undone
 * @param direction which of the two
 * @param taken the shape that goes with it; empty: neither
 */
public record GateQuestion(Migration migration, Phase phase, Direction direction, Optional<Shape> taken) {

    static GateQuestion before(Migration migration, Phase phase) {
        return new GateQuestion(migration, phase, Direction.FORWARD, takenBy(phase));
    }

    /** The shape that a phase takes away. */
    static Optional<Shape> takenBy(Phase phase) {
        return phase.isBefore(Phase.CONTRACT) ? Optional.empty() : Optional.of(Shape.OLD);
    }

    /** About one phase of a rollback. */
    static GateQuestion beforeUndoing(Migration migration, Phase phase) {
        return beforeRollback(migration, phase, phase.previous());
    }

    /**
     * About a whole rollback.
     *
     * @param phase the first phase that is undone
     * @param to the phase that is complete afterwards; empty: to before EXPAND
     */
    static GateQuestion beforeRollback(Migration migration, Phase phase, Optional<Phase> to) {
        boolean takes = to.map(target -> target.isBefore(Phase.VALIDATE)).orElse(true);
        return new GateQuestion(
                migration, phase, Direction.ROLLING_BACK, takes ? Optional.of(Shape.NEW) : Optional.empty());
    }

    /** Whether undoing a phase takes the new shape away, or leaves it without its proof. */
    static boolean takesNewShape(Phase phase) {
        return !Phase.VALIDATE.isBefore(phase);
    }
}
