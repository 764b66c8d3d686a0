package dev.migrator.engine;

import dev.migrator.Direction;
import dev.migrator.Gate;
import dev.migrator.Migration;
import dev.migrator.Phase;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the {@code releases} gate of a phase has to say once more inside of the transactions of steps that take something away,
 * so that no instance registers between the gate's answer and the change.
 *
 * @param checksum of the migration, which an instance has to know
 * @param direction forward: the old shape goes; back: the new one
 * @param minimum the oldest release that may be live
 */
public record ReleaseGuard(String checksum, Direction direction, Optional<String> minimum) {

    /** The guard of a phase on the way forward, if its gates have to hold all of them. */
    static Optional<ReleaseGuard> before(Migration migration, Phase phase) {
        return of(migration, migration.gates().before(phase, migration.narrows()), Direction.FORWARD);
    }

    /** The guard of a rollback. */
    static Optional<ReleaseGuard> beforeRollback(Migration migration) {
        return of(migration, migration.gates().beforeRollback(), Direction.ROLLING_BACK);
    }

    private static Optional<ReleaseGuard> of(Migration migration, List<Gate> gates, Direction direction) {
        return gates.stream()
                .flatMap(ReleaseGuard::releases)
                .findFirst()
                .map(gate -> new ReleaseGuard(migration.checksum(), direction, gate.minimum()));
    }

    /** Those that have to be open whatever else is; not those of an {@code any} or a {@code not}. */
    private static Stream<Gate.Releases> releases(Gate gate) {
        if (gate instanceof Gate.Releases releases) {
            return Stream.of(releases);
        }
        return gate instanceof Gate.All all ? all.gates().stream().flatMap(ReleaseGuard::releases) : Stream.empty();
    }
}
