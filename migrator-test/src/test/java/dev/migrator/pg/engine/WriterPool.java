package dev.migrator.pg.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * The rows as they are expected. A writer borrows rows, so that the order of the statements on each is known whoever runs
 * them; the counters are rows that all share, each change of which is the same whatever the order.
 */
final class WriterPool {
    private static final int MOST_REMEMBERED = 6;

    private final List<ShapeRow> rows = new ArrayList<>();
    private final Map<Integer, ShapeRow> counters = new TreeMap<>();
    private final Map<Integer, List<String>> history = new ConcurrentHashMap<>();
    private final AtomicInteger ids = new AtomicInteger(1_000_000);
    private final AtomicInteger unique = new AtomicInteger();

    int nextId() {
        return ids.incrementAndGet();
    }

    /** A text that no other call returns. */
    String unique(String prefix) {
        return prefix + unique.incrementAndGet();
    }

    /** Keeps the last statements on a row, to be shown if it turns out wrong. */
    void remember(int id, String sql) {
        history.compute(id, (key, before) -> {
            List<String> statements =
                    new ArrayList<>(Optional.ofNullable(before).orElse(List.of()));
            statements.add(sql);
            return statements.subList(Math.max(0, statements.size() - MOST_REMEMBERED), statements.size());
        });
    }

    String history(int id) {
        return String.join("\n    ", history.getOrDefault(id, List.of()));
    }

    synchronized void add(ShapeRow row) {
        rows.add(row);
    }

    synchronized void addCounter(ShapeRow row) {
        counters.put(row.id(), row);
    }

    synchronized Optional<ShapeRow> borrow(Random random) {
        if (rows.isEmpty()) {
            return Optional.empty();
        }
        int index = random.nextInt(rows.size());
        ShapeRow row = rows.get(index);
        rows.set(index, rows.get(rows.size() - 1));
        rows.remove(rows.size() - 1);
        return Optional.of(row);
    }

    synchronized int size() {
        return rows.size();
    }

    List<Integer> counterIds() {
        return List.copyOf(counters.keySet());
    }

    /** Counts one up, on a column whose two shapes have the same text. */
    synchronized void count(int id, List<String> columns) {
        ShapeRow.Draft row = Optional.ofNullable(counters.get(id)).orElseThrow().edit();
        columns.forEach(column -> row.values()
                .compute(column, (name, value) -> String.valueOf(Integer.parseInt(String.valueOf(value)) + 1)));
        counters.put(id, row.done());
    }

    /** All rows by their ids. */
    synchronized Map<Integer, ShapeRow> all() {
        Map<Integer, ShapeRow> all = new TreeMap<>();
        Stream.concat(rows.stream(), counters.values().stream()).forEach(row -> all.put(row.id(), row));
        return all;
    }

    synchronized void replaceAll(java.util.function.UnaryOperator<ShapeRow> change) {
        rows.replaceAll(change);
        counters.replaceAll((id, row) -> change.apply(row));
    }
}
