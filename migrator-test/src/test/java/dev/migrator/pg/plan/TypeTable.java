package dev.migrator.pg.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A table with one column of a type, and what was written last into each of its rows. */
final class TypeTable {
    private static final int ROWS = 12;

    private final String name;
    private final TypeSample sample;
    private final Map<Integer, String> rows = new TreeMap<>();
    private int turn;

    TypeTable(String name, TypeSample sample) {
        this.name = name;
        this.sample = sample;
    }

    String name() {
        return name;
    }

    /** The statements that make it, with some rows. */
    String[] create() {
        List<String> statements = new ArrayList<>();
        statements.add("CREATE TABLE " + name + " (id int PRIMARY KEY, note int DEFAULT 0, v " + sample.type() + ")");
        for (int id = 1; id <= ROWS; id++) {
            statements.add(insert("v", id, next()));
        }
        return statements.toArray(String[]::new);
    }

    private String next() {
        return sample.values().get(turn++ % sample.values().size());
    }

    private String insert(String column, int id, String value) {
        rows.put(id, value);
        return "INSERT INTO " + name + " (id, " + column + ") VALUES (" + id + ", " + value + ")";
    }

    /** What one release writes through its column: some rows of those that are there, and a new one. */
    List<String> writes(String column) {
        List<String> statements = new ArrayList<>();
        List<Integer> ids = List.copyOf(rows.keySet());
        for (int i = turn % 3; i < ids.size(); i += 3) {
            String value = next();
            rows.put(ids.get(i), value);
            statements.add("UPDATE " + name + " SET " + column + " = " + value + " WHERE id = " + ids.get(i));
        }
        statements.add("UPDATE " + name + " SET note = note + 1 WHERE id % 5 = " + turn % 5);
        statements.add(insert(column, rows.size() + 1, next()));
        statements.add(insert(column, 1, next()) + " ON CONFLICT (id) DO UPDATE SET " + column + " = excluded." + column
                + ", note = " + name + ".note + 1");
        return statements;
    }

    /** A query of the rows whose column does not hold what was written last. */
    String differences(String column, String condition) {
        List<String> expected = new ArrayList<>();
        String type = sample.type().replaceAll(" COLLATE .*", "");
        rows.forEach((id, value) -> expected.add("(" + id + ", (" + value + ")::" + type + ")"));
        return "(SELECT format('%s.%s of row %s is %s, not %s', '"
                + sample.type().replace("'", "''") + "', '"
                + column.replace("'", "''") + "', t.id, left(t." + column
                + "::text, 80), left(e.value::text, 80)) FROM " + name + " AS t LEFT JOIN (VALUES "
                + String.join(", ", expected) + ") AS e (id, value) USING (id) WHERE " + condition
                + " AND pg_catalog.record_image_ne(ROW(t." + column + "), ROW(e.value)))";
    }
}
