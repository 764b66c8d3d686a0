package dev.migrator.pg.internal.catalog;

import dev.migrator.Identifier;
import java.util.List;
import java.util.Optional;

/**
 * A column of a table.
 *
 * @param name its name
 * @param number its number in the table, which a renaming does not change
 * @param type its type as SQL, with modifiers, every name in it qualified
 * @param collation its collation as SQL, where it differs from the type's own
 * @param notNull whether it refuses NULL
 * @param defaultValue its default as SQL, every name in it qualified
 * @param volatileDefault whether the default gives another value each time within a transaction
 * @param identity {@code a} or {@code d} for an identity column (always, by default), else empty
 * @param generated whether it is computed from others
 * @param partitionKey whether the table, or a partition of it, is partitioned by it, or by an expression on it
 * @param statisticsTarget the target for ANALYZE, where one was set
 * @param storage how long values are stored, where that was set, e.g. {@code EXTERNAL}
 * @param compression how long values are compressed, where that was set
 * @param options attribute options, e.g. {@code n_distinct=5}
 * @param grants grants on the column itself, as {@code GRANT … ON … TO …} needs them
 * @param comment the comment on it
 * @param sequence the sequence that it owns, as a serial or identity column
 */
public record ColumnInfo(
        Identifier name,
        int number,
        String type,
        Optional<String> collation,
        boolean notNull,
        Optional<String> defaultValue,
        boolean volatileDefault,
        String identity,
        boolean generated,
        boolean partitionKey,
        Optional<Integer> statisticsTarget,
        Optional<String> storage,
        Optional<String> compression,
        List<String> options,
        List<ColumnGrant> grants,
        Optional<String> comment,
        Optional<SequenceInfo> sequence) {

    /** Copies the lists. */
    public ColumnInfo {
        options = List.copyOf(options);
        grants = List.copyOf(grants);
    }

    /** Type and collation as a column definition writes them. */
    public String typeAndCollation() {
        return type + collation.map(name -> " COLLATE " + name).orElse("");
    }
}
