package dev.migrator.pg.internal.backfill;

import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.state.StateSql;
import java.util.List;

/**
 * A backfill that an engine leads at this moment: its lease has not run out, and nobody has asked it to pause.
 *
 * @param migration the migration
 * @param ordinal the step
 * @param token the engine's token
 */
record LedBackfill(String migration, int ordinal, long token) {

    /** All of a database, the oldest migration first. */
    static List<LedBackfill> all(Session session, StateSql sql) {
        return session
                .query(
                        """
                        SELECT s.migration, s.ordinal, c.token
                        FROM %s AS s
                        JOIN %s AS m USING (target, migration)
                        JOIN %s AS c USING (target, migration)
                        WHERE s.target = ? AND s.phase = 'BACKFILL' AND s.status = 'RUNNING'
                            AND m.phase = 'BACKFILL' AND m.status = 'RUNNING' AND m.direction = 'FORWARD'
                            AND NOT c.paused AND c.expires_at > pg_catalog.clock_timestamp()
                        ORDER BY m.started_at, s.migration, s.ordinal"""
                                .formatted(
                                        sql.table("step").quoted(),
                                        sql.table("migration").quoted(),
                                        sql.table("control").quoted()),
                        sql.target())
                .stream()
                .map(row -> new LedBackfill(row.text("migration"), (int) row.number("ordinal"), row.number("token")))
                .toList();
    }
}
