package dev.migrator.pg.internal.catalog;

import dev.migrator.Identifier;
import dev.migrator.QualifiedName;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * A table and what surrounds it.
 *
 * @param name its name
 * @param oid its object id
 * @param kind {@code pg_class.relkind}: {@code r} for an ordinary table, {@code p} for a partitioned one
 * @param owned whether the current user has the owner's rights
 * @param owner the owner, for people
 * @param inherits whether it has parents or children by inheritance, or is a partition; not that it has partitions
 * @param forcedRowSecurity whether row security filters the owner's own statements, too
 * @param rows live rows by the statistics
 * @param bytes size with indexes and TOAST
 * @param columns its columns in their order
 * @param indexes its indexes
 * @param constraints its constraints
 * @param referencedBy foreign keys, its own included, that refer to it, for people, with the numbers of the columns referred to
 * @param triggers its triggers, without those of constraints
 * @param statistics its extended statistics
 * @param dependents what else depends on its columns
 * @param publications publications that publish all its columns
 * @param functions functions and procedures that may hold plans over its rows or name its columns
 * @param obstacles what stands in the way of some changes, whatever the column
 * @param partitions what is below it if it is partitioned
 */
public record TableInfo(
        QualifiedName name,
        long oid,
        String kind,
        boolean owned,
        String owner,
        boolean inherits,
        boolean forcedRowSecurity,
        long rows,
        long bytes,
        List<ColumnInfo> columns,
        List<IndexInfo> indexes,
        List<ConstraintInfo> constraints,
        List<Reference> referencedBy,
        List<TriggerInfo> triggers,
        List<StatisticsInfo> statistics,
        List<Dependent> dependents,
        List<String> publications,
        List<Function> functions,
        List<Obstacle> obstacles,
        Partitions partitions) {

    /**
     * A foreign key that refers to the table.
     *
     * @param description the key and its table, for people
     * @param columns the numbers of this table's columns that it refers to
     * @param own whether it is a key of this table itself
     */
    public record Reference(String description, List<Integer> columns, boolean own) {}

    /**
     * A function of the database's.
     *
     * @param signature its qualified name with the types of its arguments, as SQL
     * @param touch a statement that changes nothing in it, but makes every session plan it anew; empty if no plan of it can
     *     outlive a change of the table, or if this role has not its owner's rights
     * @param plpgsql whether it is written in PL/pgSQL, whose plans outlive its calls
     * @param givesRows whether its result is the table's row type
     * @param ofTrigger whether it is the function of one of the table's triggers
     * @param source its source; empty if the server keeps it in another form
     */
    public record Function(
            String signature, String touch, boolean plpgsql, boolean givesRows, boolean ofTrigger, String source) {}

    /**
     * Something about the table or around it.
     *
     * @param kind what it is
     * @param description it, for people
     */
    public record Obstacle(Kind kind, String description) {
        /** What stands in the way. */
        public enum Kind {
            /** Nobody else sees the table. */
            TEMPORARY,
            /** Its columns are those of a type. */
            TYPED,
            /** A column of another table holds its rows. */
            ROWS_ELSEWHERE,
            /** A rule makes something else of an UPDATE. */
            UPDATE_RULE,
            /** It is a partition, at whatever level, of the table described. */
            PARTITION
        }
    }

    /** The descriptions of obstacles of a kind. */
    public List<String> obstacles(Obstacle.Kind kind) {
        return obstacles.stream()
                .filter(obstacle -> obstacle.kind() == kind)
                .map(Obstacle::description)
                .toList();
    }

    /** Whether its rows are in partitions. */
    public boolean isPartitioned() {
        return kind.equals("p");
    }

    /** Finds a column. */
    public Optional<ColumnInfo> column(Identifier column) {
        return columns.stream().filter(info -> info.name().equals(column)).findFirst();
    }

    /** Finds a column by its number. */
    public ColumnInfo column(int number) {
        return columns.stream()
                .filter(info -> info.number() == number)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no column " + number + " in " + name.quoted()));
    }

    /** The columns of the primary key, in its order; empty without one. */
    public List<Identifier> primaryKey() {
        return constraints.stream()
                .filter(constraint -> constraint.type().equals("p"))
                .findFirst()
                .map(key -> key.columns().stream().map(n -> column(n).name()).toList())
                .orElse(List.of());
    }

    /** Whether a constraint or index uses one of these columns. */
    public static boolean touches(Collection<Integer> used, Collection<Integer> columns) {
        return !Collections.disjoint(used, columns);
    }
}
