package dev.migrator.pg.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** What one transaction has done to the rows that it borrowed, until it ends either way. */
final class WriterWork {
    private static final int MOST_ROWS = 5;

    private final WriterPool pool;
    private final Random random;
    private final List<ShapeRow> borrowed = new ArrayList<>();
    private Map<Integer, ShapeRow> rows = new LinkedHashMap<>();
    private boolean mayBorrow = true;
    private List<Integer> counted = new ArrayList<>();

    WriterWork(WriterPool pool, Random random) {
        this.pool = pool;
        this.random = random;
    }

    /**
     * Borrows all rows that this transaction will work on. One that has a snapshot can't take rows later on: it would not see
     * what others have made of them in the meantime.
     */
    void borrowAhead() {
        for (int i = 0; i < MOST_ROWS - 1; i++) {
            borrow();
        }
        mayBorrow = false;
    }

    private Optional<ShapeRow> borrow() {
        Optional<ShapeRow> row = pool.borrow(random);
        row.ifPresent(found -> {
            borrowed.add(found);
            rows.put(found.id(), found);
        });
        return row;
    }

    /** A row to work on: another one, or one that this transaction has worked on before. */
    Optional<ShapeRow> row() {
        if (mayBorrow && borrowed.size() < MOST_ROWS && (rows.isEmpty() || random.nextInt(3) > 0)) {
            return borrow();
        }
        List<ShapeRow> own = List.copyOf(rows.values());
        return own.isEmpty() ? Optional.empty() : Optional.of(own.get(random.nextInt(own.size())));
    }

    void put(ShapeRow row, String sql) {
        rows.put(row.id(), row);
        pool.remember(row.id(), sql);
    }

    ShapeRow get(int id) {
        return Optional.ofNullable(rows.get(id)).orElseThrow();
    }

    void remove(int id) {
        rows.remove(id);
    }

    void count(int id) {
        counted.add(id);
    }

    /** What a savepoint keeps. */
    Runnable savepoint() {
        Map<Integer, ShapeRow> rowsThen = new LinkedHashMap<>(rows);
        // Rows borrowed after the savepoint stay with this transaction as they were when it borrowed them.
        int borrowedThen = borrowed.size();
        List<Integer> countedThen = new ArrayList<>(counted);
        return () -> {
            rows = new LinkedHashMap<>(rowsThen);
            borrowed.subList(borrowedThen, borrowed.size()).forEach(row -> rows.put(row.id(), row));
            counted = countedThen;
        };
    }

    void committed(List<String> counter) {
        rows.values().forEach(pool::add);
        counted.forEach(id -> pool.count(id, counter));
    }

    void rolledBack() {
        borrowed.forEach(pool::add);
    }
}
