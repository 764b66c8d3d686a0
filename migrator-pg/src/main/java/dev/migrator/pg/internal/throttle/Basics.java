package dev.migrator.pg.internal.throttle;

/** What is asked at every look, in one round trip: the knobs, who waits for us, and how far the server is from wraparound. */
final class Basics {
    private Basics() {}

    /** Everybody may ask all of this. Of a wait that has just begun the beginning may not be known yet. */
    static String query(Ours ours) {
        return """
                WITH ours AS MATERIALIZED (%1$s),
                knob AS (
                    SELECT k.key, k.value FROM %2$s AS c, pg_catalog.jsonb_each_text(c.knobs) AS k
                    WHERE %3$s
                ),
                waiter AS (
                    SELECT w.pid, w.locktype,
                        COALESCE(EXTRACT(epoch FROM pg_catalog.clock_timestamp() - w.waitstart), 0) * 1000 AS waited
                    FROM pg_catalog.pg_locks AS w
                    WHERE NOT w.granted AND w.locktype <> 'advisory' AND w.pid NOT IN (SELECT o.pid FROM ours AS o)
                        AND pg_catalog.pg_blocking_pids(w.pid) && ARRAY(SELECT o.pid FROM ours AS o)
                    ORDER BY waited DESC LIMIT 1
                ),
                oldest AS (
                    SELECT d.datname, GREATEST(pg_catalog.age(d.datfrozenxid), pg_catalog.mxid_age(d.datminmxid)) AS age
                    FROM pg_catalog.pg_database AS d ORDER BY age DESC LIMIT 1
                )
                SELECT
                    (SELECT pg_catalog.array_agg(k.key ORDER BY k.key) FROM knob AS k) AS knob_keys,
                    (SELECT pg_catalog.array_agg(k.value ORDER BY k.key) FROM knob AS k) AS knob_values,
                    (SELECT w.waited::pg_catalog.int8 FROM waiter AS w) AS waited,
                    (SELECT w.pid FROM waiter AS w) AS waiter,
                    o.age AS age, o.datname AS database
                FROM oldest AS o"""
                .formatted(
                        ours.pids(),
                        ours.sql().table("control").quoted(),
                        ours.sql().isOf(ours.migration()));
    }
}
