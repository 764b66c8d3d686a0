package dev.migrator.bench;

import dev.migrator.test.TestDatabase;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Measures one fill of a table that nobody else uses. */
final class Fill {

    private static final long MEGABYTE = 1_000_000;
    private static final long STATISTICS_LIMIT = TimeUnit.SECONDS.toNanos(15);

    private final TestDatabase db;

    private Fill(TestDatabase db) {
        this.db = db;
    }

    private record Counters(long wal, long table, long indexes, long updated, long hot) {}

    /**
     * Prepares the way, lets the server write everything to the disk, fills, and checks every row.
     *
     * @throws IllegalStateException if a row is wrong
     */
    static Map<String, Double> measure(TestDatabase db, Way way, long rows) throws SQLException {
        way.prepare(db);
        db.executeAsSuperuser("CHECKPOINT");
        Fill fill = new Fill(db);
        Counters before = fill.counters();
        long begin = System.nanoTime();
        way.fill(db);
        double seconds = (System.nanoTime() - begin) / 1e9;
        long wal = fill.wal();
        fill.awaitStatistics(before.updated + rows);
        Counters after = fill.counters();
        check(db, way, rows);

        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("seconds", seconds);
        figures.put("rows/s", rows / seconds);
        figures.put("WAL MB", (double) (wal - before.wal) / MEGABYTE);
        figures.put("table +%", growth(before.table, after.table));
        figures.put("indexes +%", growth(before.indexes, after.indexes));
        figures.put("size +%", growth(before.table + before.indexes, after.table + after.indexes));
        figures.put("HOT %", 100.0 * (after.hot - before.hot) / Math.max(1, after.updated - before.updated));
        return figures;
    }

    private static double growth(long before, long after) {
        return 100.0 * (after - before) / before;
    }

    private static void check(TestDatabase db, Way way, long rows) {
        long wrong = Items.wrong(db);
        long found = db.queryLong("SELECT count(*) FROM items");
        if (wrong > 0 || found != rows) {
            throw new IllegalStateException("After %s the table has %d rows instead of %d, and %d of them are wrong."
                    .formatted(way.name(), found, rows, wrong));
        }
    }

    private long wal() {
        return db.queryLong("SELECT (pg_current_wal_lsn() - '0/0'::pg_lsn)::bigint");
    }

    private Counters counters() {
        List<Long> row = db
                .queryRows(
                        """
                        SELECT pg_table_size('items'), pg_indexes_size('items'), n_tup_upd, n_tup_hot_upd
                          FROM pg_stat_user_tables WHERE relname = 'items'
                        """)
                .get(0)
                .stream()
                .map(Long::valueOf)
                .toList();
        return new Counters(wal(), row.get(0), row.get(1), row.get(2), row.get(3));
    }

    // A session tells what it has counted a second later, or when it ends.
    private void awaitStatistics(long updated) {
        long begin = System.nanoTime();
        while (counters().updated < updated) {
            if (System.nanoTime() - begin > STATISTICS_LIMIT) {
                throw new IllegalStateException("The server's statistics know of %d updates only; there were %d."
                        .formatted(counters().updated, updated));
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }
}
