package dev.migrator.pg.internal.estimate;

import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.Session;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What the catalog says about a table's size: the sum of its partitions, if it is partitioned.
 *
 * @param oid the table
 * @param tuples rows when it was last analyzed or vacuumed; negative if it never was
 * @param pages blocks at that time
 * @param blocks blocks now
 * @param largest the table itself, or its largest partition; empty if it has none
 * @param blockSize bytes of a block
 * @param total bytes with indexes and TOAST
 * @param fillfactor up to which percentage a new page is filled, of the largest partition
 * @param pagesLogged which share of a page counts in the log when it is logged whole
 * @param maxWal how much log there may be at a time, in bytes
 * @param sortMemory how much of an index build is sorted in memory, in bytes
 * @param tablespace where the table, or its largest partition, lies; empty for the database's own place
 * @param indexes its indexes, by name
 */
public record TableFacts(
        long oid,
        double tuples,
        long pages,
        long blocks,
        Optional<Part> largest,
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
     * A table with a file of its own.
     *
     * @param oid the table
     * @param name its name, quoted
     * @param blocks blocks of its file
     */
    public record Part(long oid, String name, long blocks) {}

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
                        WITH leaf AS (
                            SELECT c.*, pg_relation_size(c.oid) AS bytes FROM pg_class AS c
                            WHERE c.oid = ?::int8 AND c.relkind <> 'p'
                               OR c.oid IN (SELECT p.relid FROM pg_partition_tree(?::int8::oid::regclass) AS p) AND c.relkind = 'r'
                        ), total AS (
                            SELECT COALESCE(sum(reltuples) FILTER (WHERE reltuples >= 0), -1)::float8 AS tuples,
                                COALESCE(sum(relpages) FILTER (WHERE reltuples >= 0), 0) AS pages, COALESCE(sum(bytes), 0) AS bytes,
                                COALESCE(sum(pg_total_relation_size(oid)), 0) AS total FROM leaf
                        )
                        SELECT t.*, c.oid::int8 AS probed, c.bytes AS probed_bytes, current_setting('block_size')::int AS block_size,
                            format('%I.%I', n.nspname, c.relname) AS probed_name,
                            COALESCE((SELECT o.option_value::int FROM pg_options_to_table(c.reloptions) AS o
                                      WHERE o.option_name = 'fillfactor'), 100) AS fillfactor,
                            current_setting('full_page_writes')::boolean AS whole_pages,
                            current_setting('wal_compression') <> 'off' AS compressed,
                            pg_size_bytes(current_setting('max_wal_size')) AS max_wal,
                            pg_size_bytes(current_setting('maintenance_work_mem')) AS sort_memory,
                            COALESCE(s.spcname, '') AS tablespace
                        FROM total AS t LEFT JOIN (SELECT * FROM leaf ORDER BY bytes DESC, oid LIMIT 1) AS c ON true
                        LEFT JOIN pg_namespace AS n ON n.oid = c.relnamespace
                        LEFT JOIN pg_tablespace AS s ON s.oid = c.reltablespace
                        """,
                        oid, oid)
                .get(0);
        Map<String, Index> indexes = session
                .query(
                        """
                        SELECT c.relname AS name, sizes.bytes, COALESCE(s.spcname, '') AS tablespace
                        FROM pg_index AS x JOIN pg_class AS c ON c.oid = x.indexrelid
                        LEFT JOIN pg_tablespace AS s ON s.oid = c.reltablespace
                        CROSS JOIN LATERAL (
                            SELECT CASE c.relkind WHEN 'I' THEN COALESCE(sum(pg_relation_size(p.relid)), 0)
                                ELSE pg_relation_size(c.oid) END AS bytes
                            FROM pg_partition_tree(c.oid) AS p WHERE p.isleaf) AS sizes
                        WHERE x.indrelid = ?::int8
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
                row.optionalText("probed")
                        .map(probed -> new Part(
                                Long.parseLong(probed),
                                row.text("probed_name"),
                                row.number("probed_bytes") / blockSize)),
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
