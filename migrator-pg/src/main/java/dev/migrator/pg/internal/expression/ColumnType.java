package dev.migrator.pg.internal.expression;

import java.util.Optional;

/**
 * The type of a column.
 *
 * @param name the type with its modifiers, as the server prints it, qualified
 * @param collation the collation as SQL, where it differs from the type's own
 */
public record ColumnType(String name, Optional<String> collation) {

    /** As a column definition writes it. */
    public String sql() {
        return name + collation.map(text -> " COLLATE " + text).orElse("");
    }
}
