package dev.migrator;

import dev.migrator.internal.check.MigrationId;
import dev.migrator.internal.check.Texts;
import dev.migrator.operation.Operation;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes a {@link Migration} in code, with the operations of a migration file under the same names. Nothing is thrown before
 * {@link #build()}, which throws once with all problems. Not thread-safe.
 *
 * <p>Tables are in the migration's default schema; where an operation's options have {@code schema}, it says otherwise, and
 * {@link #add(Operation)} takes any operation as it is.
 */
public final class MigrationBuilder extends OperationsBuilder {

    private final String id;
    private final Map<Phase, List<Gate>> gates = new EnumMap<>(Phase.class);
    private Optional<List<Gate>> rollbackGates = Optional.empty();
    private Optional<String> description = Optional.empty();
    private Optional<Identifier> schema = Optional.empty();
    private BackfillSettings backfill = BackfillSettings.defaults();

    MigrationBuilder(String id) {
        this.id = id;
        MigrationId.problem(id).ifPresent(problem -> problem("the id '" + Texts.oneLine(id) + "' " + problem));
    }

    /**
     * Says what the migration is for; replaces what was said before.
     *
     * @param text the description
     * @return this
     */
    public MigrationBuilder description(String text) {
        description = Optional.of(text);
        Texts.unsendable(text).ifPresent(problem -> problem("description: " + problem));
        return this;
    }

    /**
     * Says in which schema the tables are that are named without one; left out: the connection's current one.
     *
     * @param name the schema, unquoted
     * @return this
     */
    public MigrationBuilder schema(String name) {
        try {
            schema = Optional.of(Identifier.of(name));
        } catch (IllegalArgumentException e) {
            problem("schema: " + e.getMessage());
        }
        return this;
    }

    /**
     * Says how the backfills run; replaces the defaults.
     *
     * @param settings the settings
     * @return this
     */
    public MigrationBuilder backfill(BackfillSettings settings) {
        backfill = settings;
        return this;
    }

    /**
     * Says what has to be true before a phase begins; replaces the phase's default, and what was said of it before.
     *
     * @param phase the phase
     * @param before the gates; none means that the phase begins at once
     * @return this
     */
    public MigrationBuilder gates(Phase phase, Gate... before) {
        gates.put(phase, List.of(before));
        return this;
    }

    /**
     * Says what has to be true before a phase is walked back; replaces what was said before.
     *
     * @param before the gates
     * @return this
     */
    public MigrationBuilder rollbackGates(Gate... before) {
        rollbackGates = Optional.of(List.of(before));
        return this;
    }

    @Override
    MigrationBuilder self() {
        return this;
    }

    /**
     * Makes the migration.
     *
     * @return the migration
     * @throws IllegalArgumentException with all problems, one a line
     */
    public Migration build() {
        List<String> all = problems();
        if (!all.isEmpty()) {
            throw new IllegalArgumentException(
                    "migration '" + Texts.oneLine(id) + "' can't be built:\n  " + String.join("\n  ", all));
        }
        return new Migration(
                id, description, schema, operations(), backfill, new Gates(gates, rollbackGates), Map.of());
    }
}
