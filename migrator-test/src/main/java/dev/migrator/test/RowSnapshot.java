package dev.migrator.test;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * All rows of a database's tables as they are now, as text, by the names of their columns; for comparing what was before with
 * what is. Not for tables that do not fit into memory.
 */
public final class RowSnapshot {
    private static final int SHOWN = 5;
    private static final String TABLES =
            """
            SELECT pg_catalog.format('%I.%I', n.nspname, c.relname)
              FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
             WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname NOT IN ('pg_catalog', 'information_schema', ?)
               AND n.nspname NOT LIKE 'pg\\_temp%' AND n.nspname NOT LIKE 'pg\\_toast%'
             ORDER BY 1
            """;

    private final Map<String, Map<String, Integer>> tables;

    private RowSnapshot(Map<String, Map<String, Integer>> tables) {
        this.tables = tables;
    }

    /** Reads everything but the migrator's own tables, as a superuser; in one snapshot. */
    static RowSnapshot of(TestDatabase database, String stateSchema) {
        try (Connection connection = database.connectAsSuperuser()) {
            Sql.execute(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
            Map<String, Map<String, Integer>> tables = new TreeMap<>();
            for (List<String> table : Sql.queryRows(connection, TABLES, stateSchema)) {
                Map<String, Integer> rows = new TreeMap<>();
                String sql = "SELECT pg_catalog.to_jsonb(t)::pg_catalog.text FROM " + table.get(0) + " t";
                Sql.queryRows(connection, sql).forEach(row -> rows.merge(row.get(0), 1, Integer::sum));
                tables.put(table.get(0), rows);
            }
            return new RowSnapshot(tables);
        } catch (SQLException e) {
            throw new SqlFailure("reading the rows of " + database, e);
        }
    }

    /** How many rows there are. */
    public long rows() {
        return tables.values().stream()
                .mapToLong(rows ->
                        rows.values().stream().mapToLong(Integer::longValue).sum())
                .sum();
    }

    /** What is different in a later one, a line each: {@code -} is gone, {@code +} is new; empty if nothing is. */
    public List<String> differences(RowSnapshot later) {
        List<String> differences = new ArrayList<>();
        TreeSet<String> names = new TreeSet<>(tables.keySet());
        names.addAll(later.tables.keySet());
        for (String name : names) {
            Map<String, Integer> was = tables.getOrDefault(name, Map.of());
            Map<String, Integer> is = later.tables.getOrDefault(name, Map.of());
            more(differences, "- " + name, was, is);
            more(differences, "+ " + name, is, was);
        }
        return differences;
    }

    private static void more(
            List<String> differences, String what, Map<String, Integer> rows, Map<String, Integer> others) {
        List<String> only = rows.entrySet().stream()
                .filter(row -> row.getValue() > others.getOrDefault(row.getKey(), 0))
                .map(Map.Entry::getKey)
                .toList();
        only.stream().limit(SHOWN).forEach(row -> differences.add(what + ": " + row));
        if (only.size() > SHOWN) {
            differences.add(what + ": … and " + (only.size() - SHOWN) + " more rows");
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RowSnapshot snapshot && tables.equals(snapshot.tables);
    }

    @Override
    public int hashCode() {
        return tables.hashCode();
    }

    @Override
    public String toString() {
        return tables.size() + " tables, " + rows() + " rows";
    }
}
