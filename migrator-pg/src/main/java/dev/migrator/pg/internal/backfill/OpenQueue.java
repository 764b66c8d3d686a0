package dev.migrator.pg.internal.backfill;

import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.state.StateSql;
import java.util.List;

/**
 * A queue that is open: its backfill has begun, CONTRACT has not closed it, and nobody has asked the migration to pause.
 * Whether an engine is at work does not matter.
 *
 * @param migration the migration
 * @param ordinal the backfill's step
 * @param token the newest token
 */
record OpenQueue(String migration, int ordinal, long token) {

    /** All of a database, the oldest migration first. */
    static List<OpenQueue> all(Session session, StateSql sql) {
        return session
                .query(
                        """
                        SELECT s.migration, s.ordinal, l.token
                        FROM %1$s AS s
                        JOIN %2$s AS m USING (target, migration)
                        JOIN %3$s AS c USING (target, migration)
                        JOIN %4$s AS l USING (target, migration)
                        WHERE s.target = ? AND s.action_kind = 'BACKFILL' AND 'transform' = ANY (s.action)
                            AND s.status <> 'PLANNED' AND NOT c.paused
                            AND NOT EXISTS (SELECT FROM %1$s AS e WHERE e.target = s.target AND e.migration = s.migration
                                AND e.operation = s.operation AND e.action_kind = 'CATCH_UP' AND e.status = 'DONE')
                        ORDER BY m.started_at, s.migration, s.ordinal"""
                                .formatted(
                                        sql.table("step").quoted(),
                                        sql.table("migration").quoted(),
                                        sql.table("control").quoted(),
                                        sql.table("lease").quoted()),
                        sql.target())
                .stream()
                .map(row -> new OpenQueue(row.text("migration"), (int) row.number("ordinal"), row.number("token")))
                .toList();
    }
}
