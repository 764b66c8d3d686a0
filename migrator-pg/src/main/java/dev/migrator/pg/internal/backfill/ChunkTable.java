package dev.migrator.pg.internal.backfill;

import dev.migrator.QualifiedName;
import dev.migrator.pg.internal.sql.Literal;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.state.StateSql;
import dev.migrator.pg.internal.transact.ExecutorSettings;
import dev.migrator.pg.internal.transact.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The record of a backfill's ranges: statements for the transactions that do the work, so that both commit together.
 *
 * <p>A range belongs to the worker that has claimed it, until its lease runs out. While a batch is open it holds its range's
 * row, which others skip then, however old the lease is.
 */
final class ChunkTable {
    private static final Duration LEASE = Duration.ofSeconds(5);
    private static final int FEWEST_BLOCKS = 256;
    /** Of what the server keeps in memory, one range takes at most this part. */
    private static final int PART_OF_MEMORY = 16;

    private static final int PARTS_OF_TABLE = 16;

    private final StateSql sql;
    private final Task task;
    private final int mostBlocks;
    private final String chunks;
    private final String mine;

    ChunkTable(StateSql sql, Task task, ExecutorSettings settings) {
        this.sql = sql;
        this.task = task;
        this.mostBlocks = settings.chunkBlocks();
        this.chunks = sql.table("backfill_chunk").quoted();
        this.mine = task.isMine(sql);
    }

    FillSummary summary(Session session) {
        return FillSummary.of(session.query(FillSummary.query(chunks, mine)).get(0));
    }

    /** Forgets what an undone run has left. */
    static List<String> forget(StateSql sql, Task task) {
        return List.of("backfill_chunk", "failed_row", "backfill_worker").stream()
                .map(table -> "DELETE FROM " + sql.table(table).quoted() + " WHERE " + task.isMine(sql))
                .toList();
    }

    /** As {@link #forget}, unless the step is under way. */
    List<String> forgetUnlessBegun() {
        String notBegun = " AND EXISTS (SELECT FROM " + sql.table("step").quoted() + " WHERE " + mine
                + " AND status = 'PLANNED')";
        return forget(sql, task).stream().map(statement -> statement + notBegun).toList();
    }

    /** Takes the ranges from those who had them under an older token: they can't commit anything any more. */
    String freeAll() {
        return "UPDATE " + chunks + " SET owner = NULL, lease_until = NULL WHERE " + mine + " AND owner IS NOT NULL";
    }

    /** Ranges for all blocks of each file, unless there are ranges already. */
    String create(QualifiedName table) {
        return "WITH leaf AS (" + Leaf.query(table) + ") " + insertAll() + " WHERE NOT EXISTS (SELECT FROM " + chunks
                + " WHERE " + mine + ")";
    }

    private String insertAll() {
        return """
                INSERT INTO %s (target, migration, ordinal, chunk, relation, filenode, from_block, to_block, next_block, done)
                SELECT %s, %d, (SELECT COALESCE(pg_catalog.max(chunk), 0) FROM %s WHERE %s)
                        + pg_catalog.row_number() OVER (ORDER BY l.oid, f.block),
                    l.oid::pg_catalog.oid, l.filenode::pg_catalog.oid, f.block, LEAST(l.blocks, f.block + z.size),
                    f.block, l.blocks = 0
                FROM leaf AS l
                CROSS JOIN LATERAL (SELECT LEAST(%d, GREATEST(%d, LEAST(l.blocks / %d,
                    (SELECT s.setting::pg_catalog.int8 / %d FROM pg_catalog.pg_settings AS s
                     WHERE s.name = 'shared_buffers')))) AS size) AS z
                CROSS JOIN LATERAL pg_catalog.generate_series(0, GREATEST(0, l.blocks - 1), z.size) AS f(block)"""
                .formatted(
                        chunks,
                        sql.key(task.lease()),
                        task.ordinal(),
                        chunks,
                        mine,
                        mostBlocks,
                        FEWEST_BLOCKS,
                        PARTS_OF_TABLE,
                        PART_OF_MEMORY);
    }

    /** Lets one worker at a time change which ranges there are; readers of them are not stopped. */
    private String alone() {
        return "SELECT FROM " + sql.table("step").quoted() + " WHERE " + mine + " FOR NO KEY UPDATE";
    }

    /** New ranges for a whole file instead of all that there are of it, unless somebody else has made them already. */
    List<String> restart(Leaf leaf) {
        String now =
                "WITH leaf AS (SELECT * FROM (" + Leaf.query(leaf.name()) + ") AS l WHERE l.oid = " + leaf.oid() + ")";
        // What keeps the sums of ranges that are gone has no file.
        String stale =
                """
                EXISTS (SELECT FROM %s AS other, leaf AS l
                    WHERE %s AND other.relation = %d AND other.filenode NOT IN (0, l.filenode::pg_catalog.oid))"""
                        .formatted(chunks, task.isMine(sql, "other"), leaf.oid());
        return List.of(
                alone(),
                now + " DELETE FROM " + sql.table("failed_row").quoted() + " WHERE " + mine + " AND tid LIKE "
                        + Literal.text(leaf.oid() + "/%") + " AND " + stale,
                now + ", gone AS (DELETE FROM " + chunks + " AS c WHERE " + task.isMine(sql, "c")
                        + " AND c.relation = " + leaf.oid() + " AND " + stale + " RETURNING c.rows, c.hot), kept AS ("
                        + insertAll() + " WHERE EXISTS (SELECT FROM gone) RETURNING chunk) "
                        + """
                        INSERT INTO %s (target, migration, ordinal, chunk, relation, filenode, from_block, to_block,
                            next_block, rows, hot, done)
                        SELECT %s, %d, pg_catalog.max(k.chunk) + 1, %d, 0, 0, 0, 0,
                            (SELECT pg_catalog.sum(g.rows) FROM gone AS g), (SELECT pg_catalog.sum(g.hot) FROM gone AS g), true
                        FROM kept AS k HAVING pg_catalog.count(*) > 0"""
                                .formatted(chunks, sql.key(task.lease()), task.ordinal(), leaf.oid()));
    }

    /** Gives up the ranges of a partition that is no longer one. */
    String drop(long relation) {
        return "UPDATE " + chunks + " SET done = true, owner = NULL WHERE " + mine + " AND relation = " + relation;
    }

    /** Takes a range that nobody has, the untouched ones first; no row if there is none. */
    String claim(String worker) {
        return """
                UPDATE %s SET owner = %s, lease_until = %s,
                    visit = visit + CASE WHEN skipped > 0 AND owner IS NULL THEN 1 ELSE 0 END
                WHERE %s AND chunk = (
                    SELECT free.chunk FROM %s AS free
                    WHERE %s AND NOT free.done
                        AND (free.owner IS NULL OR free.lease_until <= pg_catalog.clock_timestamp())
                    ORDER BY free.visit, free.skipped > 0, free.chunk LIMIT 1
                    FOR NO KEY UPDATE SKIP LOCKED)
                RETURNING chunk, relation::pg_catalog.int8 AS relation, filenode::pg_catalog.int8 AS filenode,
                    from_block, to_block, visit"""
                .formatted(chunks, Literal.text(worker), leaseEnd(), mine, chunks, task.isMine(sql, "free"));
    }

    private static String leaseEnd() {
        return "pg_catalog.clock_timestamp() + interval '" + LEASE.toSeconds() + "s'";
    }

    /** Error {@code MG007} unless the worker still has the range; nobody can take it before the transaction ends. */
    String hold(Chunk chunk, String worker) {
        return sql.holdChunk(task.lease(), task.ordinal(), chunk.number(), worker);
    }

    /** Tells that the worker is alive, while the application computes. */
    String renew(Chunk chunk, String worker) {
        return "UPDATE " + chunks + " SET lease_until = " + leaseEnd() + " WHERE " + mine + " AND chunk = "
                + chunk.number() + " AND owner = " + Literal.text(worker);
    }

    /** Gives a range back, as it is. */
    String release(Chunk chunk, String worker) {
        return "UPDATE " + chunks + " SET owner = NULL, lease_until = NULL WHERE " + mine + " AND chunk = "
                + chunk.number() + " AND owner = " + Literal.text(worker);
    }

    /**
     * An UPDATE of the table, and the count of its rows with the range.
     *
     * @param reached how far the range has come then
     * @param askForWaiters whether to count those who wait for this transaction, too, which costs a look at all locks
     * @return statements; the last one's row says how many were {@code filled}, how many of those were {@code hot}, of
     *     how many the server has {@code counted}, and how many are {@code waiting}
     */
    List<String> counting(CountedUpdate update, Chunk chunk, long reached, boolean askForWaiters) {
        String waiting = askForWaiters
                ? """
                  (SELECT pg_catalog.count(*) FROM pg_catalog.pg_locks AS w WHERE NOT w.granted
                   AND w.transactionid = pg_catalog.pg_current_xact_id()::pg_catalog.xid)"""
                : "0";
        String filled = CountedUpdate.count();
        // What a session counts is reported, and set back to nothing, once a second: only differences tell.
        String allHot = "pg_catalog.pg_stat_get_xact_tuples_hot_updated(" + chunk.relation() + ")";
        String all = "pg_catalog.pg_stat_get_xact_tuples_updated(" + chunk.relation() + ")";
        String hot = "(" + allHot + " - " + setting("hot") + ")";
        List<String> statements = new ArrayList<>();
        statements.add("SELECT pg_catalog.set_config('migrator.hot', " + allHot + "::pg_catalog.text, true),"
                + " pg_catalog.set_config('migrator.counted', " + all + "::pg_catalog.text, true)");
        statements.addAll(update.statements());
        statements.add(
                """
                UPDATE %s SET rows = rows + %s, hot = hot + LEAST(%s, %s), next_block = GREATEST(next_block, %d),
                    lease_until = %s
                WHERE %s AND chunk = %d
                RETURNING %s AS filled, %s AS hot, %s - %s AS counted, %s AS waiting"""
                        .formatted(
                                chunks,
                                filled,
                                filled,
                                hot,
                                reached,
                                leaseEnd(),
                                mine,
                                chunk.number(),
                                filled,
                                hot,
                                all,
                                setting("counted"),
                                waiting));
        return statements;
    }

    /** The same, of any UPDATE. */
    List<String> counting(String update, Chunk chunk, long reached, boolean askForWaiters) {
        return counting(CountedUpdate.of(update), chunk, reached, askForWaiters);
    }

    /** An UPDATE that fills rows, and is refused if it leaves one pending. */
    CountedUpdate filling(FillSql fill, String update) {
        return CountedUpdate.filling(sql, fill, update);
    }

    /** The UPDATE that fills one row, for which it waits; it is refused if it leaves the row pending. */
    CountedUpdate fillingOne(FillSql fill, TidRange row) {
        return CountedUpdate.fillingOne(sql, fill, row);
    }

    private static String setting(String name) {
        return "pg_catalog.current_setting('migrator." + name + "')::pg_catalog.int8";
    }

    /** An UPDATE of a row of a table outside of any worker's range, counted with one of the table's ranges. */
    List<String> countingAlone(CountedUpdate update, long relation) {
        List<String> statements = new ArrayList<>(update.statements());
        statements.add(
                """
                UPDATE %s SET rows = rows + %s
                WHERE %s AND chunk = (SELECT pg_catalog.min(first.chunk) FROM %s AS first
                    WHERE %s AND first.relation = %d)
                RETURNING %s AS filled"""
                        .formatted(
                                chunks,
                                CountedUpdate.count(),
                                mine,
                                chunks,
                                task.isMine(sql, "first"),
                                relation,
                                CountedUpdate.count()));
        return statements;
    }

    /**
     * Ends a visit: the range is done, or given back with what is still pending there.
     *
     * @param count the query for how many rows are pending in it
     * @return a statement whose row says how many {@code remaining} are
     */
    String close(Chunk chunk, String count) {
        return """
                WITH remaining AS (%s)
                UPDATE %s SET skipped = r.n, done = r.n = 0, owner = NULL, lease_until = NULL,
                    next_block = CASE r.n WHEN 0 THEN to_block ELSE next_block END
                FROM remaining AS r WHERE %s AND chunk = %d
                RETURNING r.n AS remaining"""
                .formatted(count, chunks, mine, chunk.number());
    }

    /** A new range if anything is pending there; its row if so. */
    List<String> addIfPending(Leaf leaf, long from, long to, String count) {
        List<String> statements = new ArrayList<>();
        statements.add(alone());
        statements.add(
                """
                WITH remaining AS (%s)
                INSERT INTO %s (target, migration, ordinal, chunk, relation, filenode, from_block, to_block, next_block,
                    skipped)
                SELECT %s, %d, (SELECT COALESCE(pg_catalog.max(chunk), 0) + 1 FROM %s WHERE %s), %d, %d, %d, %d, %d, r.n
                FROM remaining AS r WHERE r.n > 0
                RETURNING chunk"""
                        .formatted(
                                count,
                                chunks,
                                sql.key(task.lease()),
                                task.ordinal(),
                                chunks,
                                mine,
                                leaf.oid(),
                                leaf.filenode(),
                                from,
                                to,
                                from));
        return statements;
    }
}
