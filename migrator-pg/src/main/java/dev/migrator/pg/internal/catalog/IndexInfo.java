package dev.migrator.pg.internal.catalog;

import dev.migrator.Identifier;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An index of a table.
 *
 * @param name its name
 * @param usage all that follows the table's name in {@code pg_get_indexdef}, every name in it qualified
 * @param columns the numbers of the table's columns that it uses in any way
 * @param unique whether it is unique
 * @param valid whether it can be used
 * @param constraint the type of the constraint behind which it stands: {@code p}, {@code u}, {@code x}, or empty
 * @param place where it lies; empty if a new index lies there, too, unless told otherwise
 * @param clustered whether CLUSTER goes by it
 * @param replicaIdentity whether it is the replica identity
 * @param targets the targets for ANALYZE of its expressions, where one was set
 * @param comment the comment on it
 */
public record IndexInfo(
        Identifier name,
        String usage,
        Set<Integer> columns,
        boolean unique,
        boolean valid,
        String constraint,
        Optional<Place> place,
        boolean clustered,
        boolean replicaIdentity,
        List<Target> targets,
        Optional<String> comment) {

    /**
     * A tablespace.
     *
     * @param tablespace its name
     * @param mayBuild whether this role may build an index there
     */
    public record Place(Identifier tablespace, boolean mayBuild) {}

    /**
     * A target for ANALYZE.
     *
     * @param position the place of the expression in the index, from 1 on
     * @param value the target
     */
    public record Target(int position, int value) {
        static Target of(String text) {
            String[] parts = text.split(" ", 2);
            return new Target(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
        }
    }

    /** Copies the collections. */
    public IndexInfo {
        columns = Set.copyOf(columns);
        targets = List.copyOf(targets);
    }
}
