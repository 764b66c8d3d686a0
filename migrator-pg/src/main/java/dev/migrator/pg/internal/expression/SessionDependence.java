package dev.migrator.pg.internal.expression;

/**
 * How to tell from the tree of an expression ({@code r.ev_action} of its view's rule) that two sessions may compute different
 * values from the same row. The server calls all of these stable, and many more: what only prints values of any type is so for
 * the few types whose text depends on settings.
 */
final class SessionDependence {
    private static final String FUNCTIONS =
            """
            (SELECT FROM pg_catalog.regexp_matches(r.ev_action::text, ':(?:funcid|opfuncid) (\\d+)', 'g') AS f(m)
               JOIN pg_catalog.pg_proc p ON p.oid = f.m[1]::oid WHERE p.provolatile = 's' AND %s)
            """;
    private static final String CLOCKS =
            "p.oid::pg_catalog.regproc::text ~ '^(pg_catalog[.])?(now|transaction_timestamp|statement_timestamp)$'";
    private static final String PRINTS_ANYTHING =
            "EXISTS (SELECT FROM pg_catalog.pg_type t WHERE t.oid = ANY (p.proargtypes) AND t.typtype = 'p')";
    private static final String TIMES_OR_MONEY =
            """
            EXISTS (SELECT FROM pg_catalog.regexp_matches(r.ev_action::text, ':(?:\\w*type) (\\d+)', 'g') AS f(m)
                      JOIN pg_catalog.pg_type t ON t.oid = f.m[1]::oid
                     WHERE t.typcategory IN ('D', 'T') OR t.oid = 'pg_catalog.money'::pg_catalog.regtype)
            """;

    /** {@code now()}, {@code CURRENT_USER} and the like. */
    static final String CLOCK =
            "(r.ev_action::text LIKE '%{SQLVALUEFUNCTION%' OR EXISTS " + FUNCTIONS.formatted(CLOCKS) + ")";

    /** A function that looks at settings, or a conversion to or from text of a time or money. */
    static final String SETTINGS = "(EXISTS " + FUNCTIONS.formatted("NOT " + CLOCKS + " AND NOT " + PRINTS_ANYTHING)
            + " OR (r.ev_action::text LIKE '%{COERCEVIAIO%' OR EXISTS " + FUNCTIONS.formatted(PRINTS_ANYTHING)
            + ") AND "
            + TIMES_OR_MONEY + ")";

    private SessionDependence() {}
}
