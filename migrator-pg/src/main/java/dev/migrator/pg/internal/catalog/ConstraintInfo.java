package dev.migrator.pg.internal.catalog;

import dev.migrator.Identifier;
import dev.migrator.QualifiedName;
import java.util.List;
import java.util.Optional;

/**
 * A constraint of a table.
 *
 * @param name its name
 * @param type {@code c} check, {@code f} foreign key, {@code p} primary key, {@code u} unique, {@code x} exclusion, {@code n}
 *     not null (PostgreSQL 18)
 * @param definition {@code pg_get_constraintdef}, every name in it qualified
 * @param columns the numbers of the table's columns, in the constraint's order
 * @param cleared the numbers of those of its columns that ON DELETE SET NULL (…) or SET DEFAULT (…) names
 * @param validated whether all rows are known to obey it
 * @param deferrable whether its check can be put off
 * @param deferred whether its check is put off by default
 * @param references the other table of a foreign key
 * @param comment the comment on it
 */
public record ConstraintInfo(
        Identifier name,
        String type,
        String definition,
        List<Integer> columns,
        List<Integer> cleared,
        boolean validated,
        boolean deferrable,
        boolean deferred,
        Optional<QualifiedName> references,
        Optional<String> comment) {

    /** Copies the lists. */
    public ConstraintInfo {
        columns = List.copyOf(columns);
        cleared = List.copyOf(cleared);
    }
}
