package dev.migrator.pg.internal.throttle;

import dev.migrator.pg.internal.sql.Row;
import dev.migrator.throttle.ThrottleKey;
import dev.migrator.throttle.ThrottleSettings;
import java.sql.SQLException;

/** How many sessions of others are at work on the whole server. */
final class ActiveSessions implements Signal {
    @Override
    public ThrottleKey key() {
        return ThrottleKey.ACTIVE_SESSIONS;
    }

    @Override
    public String noun() {
        return "active sessions";
    }

    // Of sessions that this role may not see only the user is shown; background processes have none.
    private static String query(Ours ours) {
        return """
                SELECT pg_catalog.count(*) FILTER (WHERE a.state IN ('active', 'fastpath function call')) AS active,
                    pg_catalog.count(*) FILTER (WHERE a.backend_type IS NULL AND a.usesysid IS NOT NULL) AS hidden,
                    pg_catalog.count(*) FILTER (WHERE a.state = 'disabled') AS untracked
                FROM pg_catalog.pg_stat_activity AS a
                WHERE COALESCE(a.backend_type, 'client backend') = 'client backend'
                    AND a.pid <> pg_catalog.pg_backend_pid() AND a.pid NOT IN (%s)"""
                .formatted(ours.pids());
    }

    @Override
    public Reading read(Look look, ThrottleSettings settings) throws SQLException {
        Row row = look.row(query(look.ours()));
        if (row.number("hidden") > 0) {
            return new Reading.Unknown("this role may not see what " + row.number("hidden")
                    + " other sessions do in pg_stat_activity: GRANT pg_monitor to it");
        }
        if (row.number("untracked") > 0) {
            return new Reading.Unknown(row.number("untracked") + " sessions have track_activities = off");
        }
        return new Reading.Level(row.number("active"), "");
    }
}
