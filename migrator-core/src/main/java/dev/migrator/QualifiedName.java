package dev.migrator;

/**
 * A name with its schema.
 *
 * @param schema the schema
 * @param name the name in the schema
 */
public record QualifiedName(Identifier schema, Identifier name) {

    /**
     * A name with its schema.
     *
     * @param schema the schema, unquoted
     * @param name the name in the schema, unquoted
     * @return the qualified name
     * @throws IllegalArgumentException if either can't be a name
     */
    public static QualifiedName of(String schema, String name) {
        return new QualifiedName(Identifier.of(schema), Identifier.of(name));
    }

    /**
     * The name as SQL, each part in double quotes.
     *
     * @return the quoted name
     */
    public String quoted() {
        return schema.quoted() + "." + name.quoted();
    }

    /** The name, unquoted: for people, never for SQL. */
    @Override
    public String toString() {
        return schema + "." + name;
    }
}
