package dev.migrator.pg.internal.estimate;

import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.Session;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What the catalog says about a table's size.
 *
 * @param oid the table
 * @param tuples rows when it was last analyzed or vacuumed; negative if it never was
 * @param pages blocks at that time
 * @param blocks blocks now
 * @param blockSize bytes of a block
 * @param total bytes with indexes and TOAST
 * @param fillfactor up to which percentage a new page is filled
 * @param pagesLogged which share of a page counts in the log when it is logged whole
 * @param maxWal how much log there may be at a time, in bytes
 * @param sortMemory how much of an index build is sorted in memory, in bytes
 * @param tablespace where the table lies; empty for the database's own place
 * @param indexes its indexes, by name
 */
public record TableFacts(
        long oid,
        double tuples,
        long pages,
        long blocks,
        int blockSize,
        long total,
        int fillfactor,
        double pagesLogged,
        long maxWal,
        long sortMemory,
        String tablespace,
        Map<String, Index> indexes) {
    private static final double COMPRESSED = 0.5;

    /**
     * An index.
     *
     * @param name its name
     * @param bytes its size
     * @param tablespace where it lies; empty for the database's own place
     */
    public record Index(String name, long bytes, String tablespace) {}

    /** Reads them. */
    public static TableFacts of(Session session, long oid) {
        Row row = session.query(
                        """
                        SELECT c.reltuples::float8 AS tuples, c.relpages AS pages, pg_relation_size(c.oid) AS bytes,
                            pg_total_relation_size(c.oid) AS total, current_setting('block_size')::int AS block_size,
                            COALESCE((SELECT o.option_value::int FROM pg_options_to_table(c.reloptions) AS o
                                      WHERE o.option_name = 'fillfactor'), 100) AS fillfactor,
                            current_setting('full_page_writes')::boolean AS whole_pages,
                            current_setting('wal_compression') <> 'off' AS compressed,
                            pg_size_bytes(current_setting('max_wal_size')) AS max_wal,
                            pg_size_bytes(current_setting('maintenance_work_mem')) AS sort_memory,
                            COALESCE(s.spcname, '') AS tablespace
                        FROM pg_class AS c LEFT JOIN pg_tablespace AS s ON s.oid = c.reltablespace WHERE c.oid = ?::int8
                        """,
                        oid)
                .get(0);
        Map<String, Index> indexes = session
                .query(
                        """
                        SELECT c.relname AS name, pg_relation_size(c.oid) AS bytes, COALESCE(s.spcname, '') AS tablespace
                        FROM pg_index AS x JOIN pg_class AS c ON c.oid = x.indexrelid
                        LEFT JOIN pg_tablespace AS s ON s.oid = c.reltablespace WHERE x.indrelid = ?::int8
                        """,
                        oid)
                .stream()
                .map(index -> new Index(index.text("name"), index.number("bytes"), index.text("tablespace")))
                .collect(Collectors.toMap(Index::name, index -> index));
        int blockSize = (int) row.number("block_size");
        double whole = row.isTrue("compressed") ? COMPRESSED : 1;
        return new TableFacts(
                oid,
                Double.parseDouble(row.text("tuples")),
                row.number("pages"),
                row.number("bytes") / blockSize,
                blockSize,
                row.number("total"),
                (int) row.number("fillfactor"),
                row.isTrue("whole_pages") ? whole : 0,
                row.number("max_wal"),
                row.number("sort_memory"),
                row.text("tablespace"),
                indexes);
    }

    /** Bytes of all indexes. */
    public long indexBytes() {
        return indexes.values().stream().mapToLong(Index::bytes).sum();
    }
}
