package dev.migrator.pg.internal.catalog;

import dev.migrator.pg.internal.sql.Session;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * The settings by which the server prints the constants of a definition. Drivers set the time zone of their machine; what is
 * read here is compared with what another machine has read.
 */
final class PrintSettings {
    private static final Map<String, String> FIXED = new TreeMap<>(
            Map.of("TimeZone", "UTC", "DateStyle", "ISO, MDY", "IntervalStyle", "postgres", "extra_float_digits", "1"));

    private final Session session;

    PrintSettings(Session session) {
        this.session = session;
    }

    /** Does something in the transaction that is open, which has its own settings again afterwards. */
    <T> T during(Supplier<T> work) {
        List<String> names = List.copyOf(FIXED.keySet());
        List<String> own = session
                .query(
                        "SELECT pg_catalog.current_setting(s.name) AS value FROM"
                                + " pg_catalog.unnest(?::pg_catalog.text[]) WITH ORDINALITY AS s(name, place) ORDER BY s.place",
                        names)
                .stream()
                .map(row -> row.text("value"))
                .toList();
        set(names, List.copyOf(FIXED.values()));
        T result = work.get();
        set(names, own);
        return result;
    }

    private void set(List<String> names, List<String> values) {
        session.query(
                "SELECT pg_catalog.set_config(s.names[i], s.given[i], true) FROM (SELECT ?::pg_catalog.text[], ?::pg_catalog.text[])"
                        + " AS s(names, given), pg_catalog.generate_subscripts(s.names, 1) AS i",
                names,
                values);
    }
}
