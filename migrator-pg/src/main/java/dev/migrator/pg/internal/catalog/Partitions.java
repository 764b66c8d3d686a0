package dev.migrator.pg.internal.catalog;

import java.util.List;
import java.util.Set;

/**
 * What is below a partitioned table, on all levels. Empty for any other table.
 *
 * @param count how many tables, partitioned ones too
 * @param own what they have, or are, that the partitioned table does not know of
 */
public record Partitions(int count, List<Own> own) {
    /** Those of an ordinary table. */
    public static final Partitions NONE = new Partitions(0, List.of());

    /** Copies the list. */
    public Partitions {
        own = List.copyOf(own);
    }

    /** What is of one partition. */
    public enum Kind {
        /** It is a foreign table. */
        FOREIGN,
        /** It belongs to another role. */
        NOT_OWNED,
        /** DETACH CONCURRENTLY has begun and not ended. */
        DETACHING,
        /** Row security filters its owner's own statements, too. */
        ROW_SECURITY,
        /** A trigger of its own, or one of the partitioned table's that is enabled in another way. */
        TRIGGER,
        /** Something stands on columns of its. */
        ON_COLUMN,
        /** A column of its refuses NULL, and that of the partitioned table does not. */
        NOT_NULL
    }

    /**
     * Something that one partition has for itself.
     *
     * @param kind what it is
     * @param description it, for people
     * @param columns the numbers of the columns that it concerns, as they are in the partitioned table
     */
    public record Own(Kind kind, String description, Set<Integer> columns) {
        /** Copies the set. */
        public Own {
            columns = Set.copyOf(columns);
        }
    }
}
