package dev.migrator.pg.engine;

import static dev.migrator.pg.engine.ShapeModel.DEFAULT;
import static dev.migrator.pg.engine.ShapeModel.NULL;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The writers' statements as text, values as literals, so that a failing one can be shown and run by hand. */
final class WriterSql {
    private final String table;

    WriterSql(String table) {
        this.table = table;
    }

    static String literal(String value) {
        return switch (value) {
            case NULL -> "NULL";
            case DEFAULT -> "DEFAULT";
            default -> "'" + value.replace("'", "''") + "'";
        };
    }

    private static String literals(Map<String, String> row, Collection<String> columns) {
        return columns.stream()
                .map(column -> literal(row.getOrDefault(column, DEFAULT)))
                .collect(Collectors.joining(", ", "(", ")"));
    }

    private static String sets(Map<String, String> sets) {
        return sets.entrySet().stream()
                .map(set -> set.getKey() + " = " + literal(set.getValue()))
                .collect(Collectors.joining(", "));
    }

    /** All rows name the same columns. */
    String insert(List<Map<String, String>> rows) {
        Collection<String> columns = rows.get(0).keySet();
        return "INSERT INTO " + table + " (" + String.join(", ", columns) + ") VALUES "
                + rows.stream().map(row -> literals(row, columns)).collect(Collectors.joining(", "));
    }

    String insertSelect(Map<String, String> expressions, int source) {
        return "INSERT INTO " + table + " (" + String.join(", ", expressions.keySet()) + ") SELECT "
                + String.join(", ", expressions.values()) + " FROM " + table + " WHERE id = " + source;
    }

    String upsert(Map<String, String> row, Collection<String> updated) {
        return insert(List.of(row)) + " ON CONFLICT (id) DO UPDATE SET "
                + updated.stream()
                        .map(column -> column + " = excluded." + column)
                        .collect(Collectors.joining(", "));
    }

    String update(Map<String, String> sets, List<Integer> ids) {
        String list = ids.stream().map(String::valueOf).collect(Collectors.joining(", "));
        return "UPDATE " + table + " SET " + sets(sets) + " WHERE id IN (" + list + ")";
    }

    /** The same as an action of a MERGE, which PostgreSQL 15 and later know. */
    String merge(Map<String, String> sets, List<Integer> ids) {
        String list = ids.stream().map(id -> "(" + id + ")").collect(Collectors.joining(", "));
        return "MERGE INTO " + table + " AS u USING (VALUES " + list + ") AS s (i) ON u.id = s.i"
                + " WHEN MATCHED THEN UPDATE SET " + sets(sets);
    }

    String update(String sets, int id) {
        return "UPDATE " + table + " SET " + sets + " WHERE id = " + id;
    }

    /** An UPDATE of several rows from a list of values. */
    String updateFrom(List<WriterColumn> columns, Map<Integer, Map<String, String>> rows) {
        List<String> values = new ArrayList<>();
        rows.forEach((id, row) -> values.add("(" + id
                + columns.stream()
                        .map(column -> ", " + literal(row.getOrDefault(column.name(), NULL)) + "::" + column.type())
                        .collect(Collectors.joining())
                + ")"));
        String sets = columns.stream()
                .map(column -> column.name() + " = v." + column.name())
                .collect(Collectors.joining(", "));
        String names = columns.stream().map(column -> ", " + column.name()).collect(Collectors.joining());
        return "UPDATE " + table + " AS t SET " + sets + " FROM (VALUES " + String.join(", ", values) + ") AS v(id"
                + names + ") WHERE t.id = v.id";
    }

    String delete(int id) {
        return "DELETE FROM " + table + " WHERE id = " + id;
    }

    String select(Collection<String> columns, int id, String ending) {
        return "SELECT " + columns.stream().map(column -> column + "::text").collect(Collectors.joining(", "))
                + " FROM " + table + " WHERE id = " + id + ending;
    }

    String copy(Collection<String> columns) {
        return "COPY " + table + " (" + String.join(", ", columns) + ") FROM STDIN";
    }

    /** A line of COPY's text format. */
    static String copied(Map<String, String> row) {
        return row.values().stream()
                .map(value -> value.equals(NULL)
                        ? "\\N"
                        : value.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t"))
                .collect(Collectors.joining("\t", "", "\n"));
    }
}
