package dev.migrator.pg.internal.backfill;

import dev.migrator.pg.internal.sql.Row;

/**
 * Where all ranges of a backfill together stand.
 *
 * @param ranges how many there are
 * @param open how many of them are not done
 * @param blocksTotal blocks of the tables when the ranges were made
 * @param blocksDone blocks of ranges, or of parts of them, that are done
 * @param rows rows filled
 * @param skipped rows left in ranges that will be visited again, since somebody had locked them
 */
public record FillSummary(long ranges, long open, long blocksTotal, long blocksDone, long rows, long skipped) {
    static final FillSummary NOTHING = new FillSummary(0, 0, 0, 0, 0, 0);

    /**
     * The query for it, which the state tables of all versions answer. Ranges that were made later, for what was pending then, lie within the first ones.
     *
     * @param chunks the table of ranges
     * @param condition which of them count
     */
    public static String query(String chunks, String condition) {
        return """
                SELECT COALESCE(pg_catalog.sum(r.ranges), 0)::pg_catalog.int8 AS ranges,
                    COALESCE(pg_catalog.sum(r.open), 0)::pg_catalog.int8 AS open,
                    COALESCE(pg_catalog.sum(r.total), 0)::pg_catalog.int8 AS total,
                    COALESCE(pg_catalog.sum(GREATEST(0, r.total - r.left_over)), 0)::pg_catalog.int8 AS done,
                    COALESCE(pg_catalog.sum(r.rows), 0)::pg_catalog.int8 AS rows,
                    COALESCE(pg_catalog.sum(r.skipped), 0)::pg_catalog.int8 AS skipped
                FROM (SELECT pg_catalog.count(*) AS ranges, pg_catalog.count(*) FILTER (WHERE NOT done) AS open,
                          pg_catalog.max(to_block) AS total,
                          COALESCE(pg_catalog.sum(to_block - next_block) FILTER (WHERE NOT done), 0) AS left_over,
                          pg_catalog.sum(rows) AS rows,
                          pg_catalog.sum(skipped) FILTER (WHERE NOT done) AS skipped
                      FROM %s WHERE %s GROUP BY ordinal, relation) AS r"""
                .formatted(chunks, condition);
    }

    /** Reads the query's one row. */
    public static FillSummary of(Row row) {
        return new FillSummary(
                row.number("ranges"),
                row.number("open"),
                row.number("total"),
                row.number("done"),
                row.number("rows"),
                row.number("skipped"));
    }
}
