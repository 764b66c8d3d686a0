package dev.migrator.pg.internal.execute;

import dev.migrator.QualifiedName;
import dev.migrator.pg.internal.sql.Literal;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.state.StateSql;
import java.util.List;

/** The record of a backfill's ranges: statements for the transactions that do the work, so that both commit together. */
final class ChunkTable {
    private final StateSql sql;
    private final Task task;
    private final String chunks;
    private final String mine;

    ChunkTable(StateSql sql, Task task) {
        this.sql = sql;
        this.task = task;
        this.chunks = sql.table("backfill_chunk").quoted();
        this.mine = task.isMine(sql);
    }

    List<Chunk> load(Session session) {
        return session
                .query("SELECT chunk, relation::pg_catalog.int8 AS relation, filenode::pg_catalog.int8 AS filenode,"
                        + " from_block, to_block, next_block, rows, skipped, done FROM "
                        + chunks + " WHERE " + mine + " ORDER BY chunk")
                .stream()
                .map(Chunk::of)
                .toList();
    }

    /** Forgets what an undone run has left. */
    static List<String> forget(StateSql sql, Task task) {
        return List.of(
                "DELETE FROM " + sql.table("backfill_chunk").quoted() + " WHERE " + task.isMine(sql),
                "DELETE FROM " + sql.table("failed_row").quoted() + " WHERE " + task.isMine(sql));
    }

    /** As {@link #forget}, unless the step is under way. */
    List<String> forgetUnlessBegun() {
        String notBegun = " AND EXISTS (SELECT FROM " + sql.table("step").quoted() + " WHERE " + mine
                + " AND status = 'PLANNED')";
        return forget(sql, task).stream().map(statement -> statement + notBegun).toList();
    }

    /** One range for each file, all of its blocks, unless there are ranges already. */
    String create(QualifiedName table) {
        return """
                INSERT INTO %s (target, migration, ordinal, chunk, relation, filenode, from_block, to_block, next_block, done)
                SELECT %s, %d, pg_catalog.row_number() OVER (ORDER BY l.oid), l.oid::pg_catalog.oid,
                    l.filenode::pg_catalog.oid, 0, l.blocks, 0, l.blocks = 0
                FROM (%s) AS l
                WHERE NOT EXISTS (SELECT FROM %s WHERE %s)"""
                .formatted(chunks, sql.key(task.lease()), task.ordinal(), Leaf.query(table), chunks, mine);
    }

    /** One new range for a whole file, instead of all that there are of it. */
    List<String> restart(Leaf leaf) {
        return List.of(
                """
                WITH gone AS (DELETE FROM %s WHERE %s AND relation = %d RETURNING rows)
                INSERT INTO %s (target, migration, ordinal, chunk, relation, filenode, from_block, to_block, next_block,
                    rows, done)
                SELECT %s, %d, (SELECT COALESCE(pg_catalog.max(chunk), 0) + 1 FROM %s WHERE %s), l.oid::pg_catalog.oid,
                    l.filenode::pg_catalog.oid, 0, l.blocks, 0, (SELECT COALESCE(pg_catalog.sum(rows), 0) FROM gone),
                    l.blocks = 0
                FROM (%s) AS l WHERE l.oid = %d"""
                        .formatted(
                                chunks,
                                mine,
                                leaf.oid(),
                                chunks,
                                sql.key(task.lease()),
                                task.ordinal(),
                                chunks,
                                mine,
                                Leaf.query(leaf.name()),
                                leaf.oid()),
                "DELETE FROM " + sql.table("failed_row").quoted() + " WHERE " + mine + " AND tid LIKE "
                        + Literal.text(leaf.oid() + "/%"));
    }

    /** Gives up the ranges of a partition that is no longer one. */
    String drop(long relation) {
        return "UPDATE " + chunks + " SET done = true WHERE " + mine + " AND relation = " + relation;
    }

    /** An UPDATE of the table, together with the count of its rows. */
    String counting(String update, int chunk, int nextStripe) {
        return """
                WITH filled AS (
                %s
                RETURNING 1)
                UPDATE %s SET rows = rows + (SELECT pg_catalog.count(*) FROM filled), next_stripe = %d
                WHERE %s AND chunk = %d
                RETURNING (SELECT pg_catalog.count(*) FROM filled) AS filled"""
                .formatted(update, chunks, nextStripe, mine, chunk);
    }

    /**
     * Ends a window: the range goes on after it. What is still pending there becomes a range of its own; if the window is
     * the whole range, the range stays open.
     */
    String close(Chunk chunk, long from, long to, String count) {
        if (from == chunk.from() && to == chunk.to()) {
            return """
                    WITH remaining AS (%s)
                    UPDATE %s SET next_stripe = 0, skipped = r.n, done = r.n = 0,
                        next_block = CASE r.n WHEN 0 THEN to_block ELSE from_block END
                    FROM remaining AS r WHERE %s AND chunk = %d
                    RETURNING r.n AS remaining"""
                    .formatted(count, chunks, mine, chunk.number());
        }
        return """
                WITH remaining AS (%s), noted AS (%s)
                UPDATE %s SET next_stripe = 0, next_block = %d, done = to_block <= %d
                FROM remaining AS r WHERE %s AND chunk = %d
                RETURNING r.n AS remaining"""
                .formatted(
                        count,
                        insertRemaining(chunk.relation(), chunk.filenode(), from, to),
                        chunks,
                        to,
                        to,
                        mine,
                        chunk.number());
    }

    /** A new range if anything is pending there; one row if so. */
    String addIfPending(Leaf leaf, long from, long to, String count) {
        return "WITH remaining AS (" + count + ") " + insertRemaining(leaf.oid(), leaf.filenode(), from, to)
                + " RETURNING chunk";
    }

    private String insertRemaining(long relation, long filenode, long from, long to) {
        return """
                INSERT INTO %s (target, migration, ordinal, chunk, relation, filenode, from_block, to_block, next_block, skipped)
                SELECT %s, %d, (SELECT COALESCE(pg_catalog.max(chunk), 0) + 1 FROM %s WHERE %s), %d, %d, %d, %d, %d, r.n
                FROM remaining AS r WHERE r.n > 0"""
                .formatted(
                        chunks,
                        sql.key(task.lease()),
                        task.ordinal(),
                        chunks,
                        mine,
                        relation,
                        filenode,
                        from,
                        to,
                        from);
    }
}
