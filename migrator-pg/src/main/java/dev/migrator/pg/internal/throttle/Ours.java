package dev.migrator.pg.internal.throttle;

import dev.migrator.pg.internal.sql.Literal;
import dev.migrator.pg.internal.state.StateSql;

/**
 * Which sessions are this migration's own, in whatever process and behind whatever pooler: each of its transactions holds the
 * advisory lock of the migration's turnstile, and only within them can anybody wait for us.
 *
 * @param sql the state schema
 * @param migration the migration
 */
record Ours(StateSql sql, String migration) {

    /** A query of the process ids of those that are within a transaction now. */
    String pids() {
        // The lock's key is shown in two halves; of its high one the sign comes back by shifting.
        return """
                SELECT o.pid FROM pg_catalog.pg_locks AS o
                WHERE o.locktype = 'advisory' AND o.granted AND o.pid IS NOT NULL AND o.objsubid = 1
                    AND o.database = (SELECT d.oid FROM pg_catalog.pg_database AS d
                                      WHERE d.datname = pg_catalog.current_database())
                    AND ((o.classid::pg_catalog.int8 << 32) | o.objid::pg_catalog.int8) = %s(%s, %s)"""
                .formatted(sql.table("turnstile").quoted(), Literal.text(sql.target()), Literal.text(migration));
    }
}
