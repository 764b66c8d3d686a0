package dev.migrator;

import java.util.Optional;

/**
 * A table as an operation names it.
 *
 * @param schema the table's schema; empty: the migration's default schema, or else the connection's current one
 * @param name the table
 */
public record TableRef(Optional<Identifier> schema, Identifier name) {

    /**
     * A table in the migration's default schema.
     *
     * @param name the table, unquoted
     * @return the reference
     * @throws IllegalArgumentException if it can't be a name
     */
    public static TableRef of(String name) {
        return new TableRef(Optional.empty(), Identifier.of(name));
    }

    /**
     * A table in a schema of its own.
     *
     * @param schema the schema, unquoted
     * @param name the table, unquoted
     * @return the reference
     * @throws IllegalArgumentException if either can't be a name
     */
    public static TableRef of(String schema, String name) {
        return new TableRef(Optional.of(Identifier.of(schema)), Identifier.of(name));
    }

    /**
     * The table with its schema.
     *
     * @param defaultSchema the schema if none is given here
     * @return the qualified name
     */
    public QualifiedName in(Identifier defaultSchema) {
        return new QualifiedName(schema.orElse(defaultSchema), name);
    }

    /** The name, unquoted: for people, never for SQL. */
    @Override
    public String toString() {
        return schema.map(s -> s + ".").orElse("") + name;
    }
}
