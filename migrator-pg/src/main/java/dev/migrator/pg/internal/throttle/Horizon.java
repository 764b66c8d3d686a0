package dev.migrator.pg.internal.throttle;

import dev.migrator.pg.internal.sql.Session;
import java.util.Optional;

/** Who holds the oldest snapshot: what has died since then can't be removed from any table. */
public final class Horizon {
    /** Everybody may see these ages, of sessions of other roles, too. Those of other databases hold nothing back here. */
    static final String QUERY =
            """
            SELECT h.age, h.who FROM (
                SELECT pg_catalog.age(a.backend_xmin) AS age, 'process ' || a.pid AS who
                FROM pg_catalog.pg_stat_activity AS a
                WHERE a.backend_xmin IS NOT NULL AND a.pid <> pg_catalog.pg_backend_pid()
                    AND (a.datname IS NULL OR a.datname = pg_catalog.current_database())
                UNION ALL
                SELECT pg_catalog.age(p.transaction), 'prepared transaction ' || p.gid FROM pg_catalog.pg_prepared_xacts AS p
                WHERE p.database = pg_catalog.current_database()
                UNION ALL
                SELECT pg_catalog.age(s.xmin), 'replication slot ' || s.slot_name
                FROM pg_catalog.pg_replication_slots AS s WHERE s.xmin IS NOT NULL
            ) AS h ORDER BY h.age DESC LIMIT 1""";

    private Horizon() {}

    /** Who it is, for people; empty if nobody holds one. */
    public static Optional<String> holder(Session session) {
        return session.query(QUERY).stream()
                .findFirst()
                .map(row -> row.text("who") + " (" + row.number("age") + " transactions old)");
    }
}
