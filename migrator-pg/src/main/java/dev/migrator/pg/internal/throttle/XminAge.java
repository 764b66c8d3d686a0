package dev.migrator.pg.internal.throttle;

import dev.migrator.pg.internal.sql.Row;
import dev.migrator.throttle.ThrottleKey;
import dev.migrator.throttle.ThrottleSettings;
import java.sql.SQLException;

/** How old the oldest snapshot is that somebody holds: what has died since then can't be removed, and the table grows. */
final class XminAge implements Signal {
    /** Everybody may see these ages, of sessions of other roles, too. Those of other databases hold nothing back here. */
    private static final String QUERY =
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

    @Override
    public ThrottleKey key() {
        return ThrottleKey.XMIN_AGE;
    }

    @Override
    public String noun() {
        return "age of the oldest snapshot";
    }

    @Override
    public Reading read(Look look, ThrottleSettings settings) throws SQLException {
        return look.rows(QUERY).stream()
                .findFirst()
                .<Reading>map(XminAge::level)
                .orElseGet(() -> new Reading.Level(0, ""));
    }

    private static Reading level(Row row) {
        return new Reading.Level(row.number("age"), row.text("who"));
    }
}
