package dev.migrator.test;

import dev.migrator.test.internal.CatalogReader;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A complete picture of schemas, as text, read from the server's catalogs: equal before and after whatever leaves no trace.
 *
 * <p>It holds tables, columns in their order, constraints, indexes, triggers, rules, policies, sequences, views, functions,
 * types, extended statistics, publications, default privileges, extensions and event triggers, each with everything that
 * DDL can say of it: owner, privileges, comment, storage, options, state. It does not hold what DDL does not say: object
 * ids, column numbers, the gaps of dropped columns, statistics, a sequence's last value, rows.
 *
 * <p>Privileges are compared by what they mean: never granted equals granted and revoked again. The owner of the database
 * is called {@code <database owner>}, so that the pictures of two {@linkplain TestDatabase test databases} can be equal.
 * What belongs to an extension is left out, as {@code pg_dump} does.
 */
public final class SchemaSnapshot {

    private final SortedMap<String, SortedMap<String, String>> objects;

    private SchemaSnapshot(SortedMap<String, SortedMap<String, String>> objects) {
        this.objects = objects;
    }

    /**
     * Takes the picture; in one transaction, or as part of the one that the connection has open. It takes no lock stronger
     * than {@code ACCESS SHARE}, and so waits for whoever holds {@code ACCESS EXCLUSIVE}.
     *
     * @param schemas their names; none means every schema but {@code pg_…} and {@code information_schema}
     */
    public static SchemaSnapshot of(Connection connection, String... schemas) {
        return read(connection, List.of(schemas), List.of());
    }

    /** As {@link #of}, of every schema but the server's own and those named, e.g. that of the migrator's state. */
    public static SchemaSnapshot allBut(Connection connection, String... schemas) {
        return read(connection, List.of(), List.of(schemas));
    }

    private static SchemaSnapshot read(Connection connection, List<String> only, List<String> without) {
        try {
            return new SchemaSnapshot(CatalogReader.read(connection, only, without));
        } catch (SQLException e) {
            throw new SqlFailure("reading the catalogs", e);
        }
    }

    /** One line an object, sorted: {@code column public.users.name: not null=yes, type=text}; ⏎ stands for a line's end. */
    public List<String> lines() {
        return objects.entrySet().stream()
                .map(object -> line(object.getKey(), object.getValue()))
                .toList();
    }

    /** The lines of the objects whose line contains a text. */
    public List<String> lines(String containing) {
        return lines().stream().filter(line -> line.contains(containing)).toList();
    }

    /**
     * What is different in a later picture, a line each; empty if and only if the two are equal. {@code +} is new, {@code
     * -} is gone, {@code ~} has a property that was one thing and is another.
     */
    public List<String> differences(SchemaSnapshot later) {
        List<String> differences = new ArrayList<>();
        TreeSet<String> names = new TreeSet<>(objects.keySet());
        names.addAll(later.objects.keySet());
        for (String name : names) {
            Map<String, String> was = objects.get(name);
            Map<String, String> is = later.objects.get(name);
            if (was == null && is != null) {
                differences.add("+ " + line(name, is));
            } else if (was != null && is == null) {
                differences.add("- " + line(name, was));
            } else if (was != null && is != null && !was.equals(is)) {
                differences.add("~ " + name + ": " + changes(was, is));
            }
        }
        return differences;
    }

    private static String changes(Map<String, String> was, Map<String, String> is) {
        TreeSet<String> properties = new TreeSet<>(was.keySet());
        properties.addAll(is.keySet());
        return properties.stream()
                .filter(property -> !value(was, property).equals(value(is, property)))
                .map(property -> "%s was [%s], is [%s]"
                        .formatted(property, oneLine(value(was, property)), oneLine(value(is, property))))
                .collect(Collectors.joining("; "));
    }

    private static String value(Map<String, String> properties, String property) {
        return properties.getOrDefault(property, "");
    }

    private static String line(String name, Map<String, String> properties) {
        return properties.entrySet().stream()
                .map(property -> property.getKey() + "=" + oneLine(property.getValue()))
                .collect(Collectors.joining(", ", name + ": ", ""));
    }

    private static String oneLine(String text) {
        return text.replace("\n", "⏎");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SchemaSnapshot snapshot && objects.equals(snapshot.objects);
    }

    @Override
    public int hashCode() {
        return objects.hashCode();
    }

    @Override
    public String toString() {
        return String.join("\n", lines());
    }
}
