package dev.migrator.pg.internal.sql;

/** The schema in which a table lies that is named without one. */
public final class CurrentSchema {
    /**
     * An SQL expression for its name. The session's temporary schema does not count, although {@code current_schema()} names
     * it where {@code search_path} begins with {@code pg_temp} and the session has used it; without any it is {@code public}.
     */
    public static final String SQL =
            """
            COALESCE((SELECT s.name::pg_catalog.text
                FROM pg_catalog.unnest(pg_catalog.current_schemas(false)) WITH ORDINALITY AS s(name, place)
                WHERE pg_catalog.left(s.name::pg_catalog.text, 8) <> 'pg_temp_' ORDER BY s.place LIMIT 1), 'public')""";

    private CurrentSchema() {}
}
