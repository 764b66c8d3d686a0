package dev.migrator.pg.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.test.TestDatabase;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Compares the table with the model while nobody writes. Columns are found by their numbers, which no renaming changes. */
final class WriterCheck {
    private static final int MOST_SHOWN = 5;

    private final TestDatabase database;
    private final WriterTable table;
    private final WriterPool pool;
    private final Map<String, Integer> numbers = new LinkedHashMap<>();
    private long rows;

    WriterCheck(TestDatabase database, WriterTable table, WriterPool pool) {
        this.database = database;
        this.table = table;
        this.pool = pool;
        remember(table.model().oldShape());
    }

    private void remember(List<String> columns) {
        columns.forEach(column -> numbers.put(column, (int) database.queryLong(
                "SELECT attnum FROM pg_attribute WHERE attrelid = ?::regclass AND attname = ?", table.name(), column)));
    }

    /** Looks up where the new shape is; after each EXPAND. */
    void expanded() {
        if (!table.sameNames()) {
            remember(table.model().newShape());
            return;
        }
        List<String> work = database.queryStrings(
                "SELECT attnum FROM pg_attribute WHERE attrelid = ?::regclass AND attname ~ '^mg_.*_w[0-9]+$' ORDER BY 1",
                table.name());
        List<String> fresh = table.model().mappings().stream()
                .flatMap(mapping -> mapping.fresh().stream())
                .toList();
        for (int i = 0; i < fresh.size(); i++) {
            numbers.put(fresh.get(i), Integer.valueOf(work.get(i)));
        }
    }

    /** How many rows were compared so far. */
    long rows() {
        return rows;
    }

    void oldShape(String when) {
        compare(when, table.model().oldShape(), "false");
    }

    void newShape(String when) {
        compare(when, table.model().newShape(), "false");
    }

    /** Both shapes; before BACKFILL is complete only the old one of rows that are pending. */
    void bothShapes(String when, boolean pendingAllowed) {
        List<String> columns = new ArrayList<>(table.model().oldShape());
        table.model().newShape().stream()
                .filter(column -> !columns.contains(column))
                .forEach(columns::add);
        String marker = database.queryString(
                "SELECT attname FROM pg_attribute WHERE attrelid = ?::regclass AND attname ~ '^mg_[0-9a-f]{8}$'",
                table.name());
        compare(when, columns, pendingAllowed ? marker + " = 0" : "false");
    }

    private void compare(String when, List<String> columns, String pending) {
        List<String> physical = columns.stream().map(this::place).toList();
        List<List<String>> found = database.queryRows("SELECT " + physical.get(columns.indexOf(key(columns)))
                + "::text, " + pending + ", " + String.join("::text, ", physical) + "::text FROM " + table.name());
        Map<Integer, ShapeRow> expected = pool.all();
        List<String> wrong = new ArrayList<>();
        for (List<String> row : found) {
            int id = Integer.parseInt(row.get(0));
            Optional<ShapeRow> model = Optional.ofNullable(expected.remove(id));
            if (model.isEmpty()) {
                wrong.add("row " + id + " should not be there");
                continue;
            }
            for (int i = 0; i < columns.size(); i++) {
                String column = columns.get(i);
                boolean skipped =
                        row.get(1).equals("t") && !table.model().oldShape().contains(column);
                if (!skipped && !row.get(i + 2).equals(model.get().get(column))) {
                    wrong.add("row %d, %s: expected [%s], found [%s], %s\n    %s"
                            .formatted(
                                    id,
                                    column,
                                    model.get().get(column),
                                    row.get(i + 2),
                                    model.get(),
                                    pool.history(id)));
                }
            }
        }
        expected.keySet().forEach(id -> wrong.add("row " + id + " is missing\n    " + pool.history(id)));
        rows += found.size();
        assertThat(wrong.subList(0, Math.min(MOST_SHOWN, wrong.size())))
                .as("%s: %d values differ from the model", when, wrong.size())
                .isEmpty();
    }

    /** The key under the shape that is compared; both have the same text. */
    private static String key(List<String> columns) {
        return columns.contains("id") ? "id" : "id'";
    }

    private String place(String column) {
        return '"'
                + database.queryString(
                                "SELECT attname FROM pg_attribute WHERE attrelid = ?::regclass AND attnum = ?",
                                table.name(),
                                numbers.getOrDefault(column, 0))
                        .replace("\"", "\"\"")
                + '"';
    }
}
