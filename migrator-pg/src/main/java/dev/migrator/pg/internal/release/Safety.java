package dev.migrator.pg.internal.release;

import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.Shape;
import dev.migrator.Status;
import dev.migrator.Uses;
import dev.migrator.pg.internal.release.InstanceTable.Known;
import dev.migrator.pg.internal.release.InstanceTable.Recorded;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Whether the schema, as the records say it stands, is safe for a release. */
public final class Safety {
    private final List<Migration> migrations;
    private final List<Known> known;

    /**
     * Of a release.
     *
     * @param migrations those that it knows
     * @param known the same, with what its code uses
     */
    public Safety(List<Migration> migrations, List<Known> known) {
        this.migrations = List.copyOf(migrations);
        this.known = List.copyOf(known);
    }

    /** Why the release may not start, one line each; none: it may. */
    public List<String> problems(List<Recorded> records) {
        Map<String, Recorded> byId = records.stream()
                .collect(Collectors.toMap(
                        one -> one.standing().migration(), Function.identity(), (one, other) -> one, TreeMap::new));
        List<String> problems = new ArrayList<>();
        for (Known one : known) {
            problem(one, Optional.ofNullable(byId.remove(one.id()))).ifPresent(problems::add);
        }
        for (Recorded unknown : byId.values()) {
            if (unknown.retires() && unknown.contracted()) {
                problems.add("it does not know migration " + unknown.standing().migration()
                        + ", whose old shape is contracted: it stands at "
                        + unknown.standing().position());
            }
        }
        return problems;
    }

    private Optional<String> problem(Known one, Optional<Recorded> found) {
        if (found.isEmpty()) {
            return one.uses() == Uses.NEW
                    ? Optional.of("it uses the new shape of migration " + one.id() + ", which was never started here")
                    : Optional.empty();
        }
        Recorded recorded = found.get();
        Standing standing = recorded.standing();
        boolean untouched = standing.position().phase() == Phase.EXPAND
                && standing.position().status() == Status.PENDING;
        if (!untouched && !recorded.checksum().equals(one.checksum())) {
            return Optional.of("it knows migration " + one.id()
                    + " with another content than the one with which it was started:\n  "
                    + String.join("\n  ", differences(one, recorded)));
        }
        return switch (one.uses()) {
            case BOTH -> Optional.empty();
            case OLD ->
                recorded.contracted() && (one.stated() || !standing.isFinished())
                        ? Optional.of("it uses the old shape of migration " + one.id()
                                + ", which is contracted: it stands at " + standing.position())
                        : Optional.empty();
            case NEW ->
                standing.shape() == Shape.NEW
                        ? Optional.empty()
                        : Optional.of("it uses the new shape of migration " + one.id()
                                + ", which is not validated: it stands at " + standing.position());
        };
    }

    private List<String> differences(Known one, Recorded recorded) {
        return migrations.stream()
                .filter(migration -> migration.id().equals(one.id()))
                .findFirst()
                .map(migration -> Migration.differences(recorded.definition(), migration.definition()))
                .orElse(List.of());
    }
}
