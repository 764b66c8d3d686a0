package dev.migrator.engine;

import dev.migrator.Gate;
import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.Shape;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the {@code releases} gate of a phase has to say once more inside of the transactions of steps that take something away,
 * so that no instance registers between the gate's answer and the change.
 *
 * @param checksum of the migration, which an instance has to know
 * @param taken the shape that goes; empty: neither, but instances have to know the migration
 * @param minimum the oldest release that may be live
 */
public record ReleaseGuard(String checksum, Optional<Shape> taken, Optional<String> minimum) {

    /** The guard of a phase on the way forward, if its gates have to hold all of them. */
    static Optional<ReleaseGuard> before(Migration migration, Phase phase) {
        return of(migration, migration.gates().before(phase, migration.narrows()), GateQuestion.takenBy(phase));
    }

    /** The guard of a phase on the way back; one that is undone while the new shape stays needs none. */
    static Optional<ReleaseGuard> beforeUndoing(Migration migration, Phase phase) {
        return GateQuestion.takesNewShape(phase)
                ? of(migration, migration.gates().beforeRollback(), Optional.of(Shape.NEW))
                : Optional.empty();
    }

    private static Optional<ReleaseGuard> of(Migration migration, List<Gate> gates, Optional<Shape> taken) {
        return gates.stream()
                .flatMap(ReleaseGuard::releases)
                .findFirst()
                .map(gate -> new ReleaseGuard(migration.checksum(), taken, gate.minimum()));
    }

    /** Those that have to be open whatever else is; not those of an {@code any} or a {@code not}. */
    private static Stream<Gate.Releases> releases(Gate gate) {
        if (gate instanceof Gate.Releases releases) {
            return Stream.of(releases);
        }
        return gate instanceof Gate.All all ? all.gates().stream().flatMap(ReleaseGuard::releases) : Stream.empty();
    }
}
