package dev.migrator.pg.internal.release;

import dev.migrator.engine.Pace;
import dev.migrator.engine.StepControl;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.state.StateSql;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Transactions that entered before the record said that tables are about to change: they may still use statements that are
 * prepared on the server, which fail when what they answer has changed. Those from then on do without.
 */
public final class EnteredBefore {
    private static final Logger LOG = LoggerFactory.getLogger(EnteredBefore.class);
    /** Such a statement fails, and nothing is lost by that: no reason to hold a migration up for long. */
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

    private final DataSource source;
    private final StateSql sql;
    private final Pace pace;

    /** Asks nothing yet. */
    public EnteredBefore(DataSource source, StateSql sql, Pace pace) {
        this.source = source;
        this.sql = sql;
        this.pace = pace;
    }

    /** Waits until those that are under way have ended, for ten seconds at most. Where no live instance enters it is one query. */
    public void awaitEnd(StepControl control) {
        Session.with(source, session -> {
            Row now = session.query(
                            "SELECT pg_catalog.clock_timestamp() AS now, EXISTS (SELECT FROM "
                                    + sql.table("instance").quoted()
                                    + " WHERE target = ? AND enters AND expires_at > pg_catalog.clock_timestamp()) AS entered",
                            sql.target())
                    .get(0);
            if (now.isTrue("entered")) {
                await(session, now.time("now"), control);
            }
            return true;
        });
    }

    private void await(Session session, Instant begun, StepControl control) {
        while (true) {
            List<Row> old = session.query(
                    """
                    SELECT s.pid, s.usename AS role, s.application_name AS application, s.xact_start,
                        pg_catalog.clock_timestamp() > ?::pg_catalog.timestamptz + ? * interval '1ms' AS late
                    FROM pg_catalog.pg_stat_activity AS s
                    WHERE s.datname = pg_catalog.current_database() AND s.xact_start < ?::pg_catalog.timestamptz AND EXISTS (
                        SELECT FROM %s AS i
                        WHERE i.target = ? AND i.enters AND i.role = s.usename AND i.application = s.application_name
                            AND i.expires_at > pg_catalog.clock_timestamp())
                    ORDER BY s.xact_start LIMIT 1"""
                            .formatted(sql.table("instance").quoted()),
                    begun.toString(),
                    LIMIT.toMillis(),
                    begun.toString(),
                    sql.target());
            if (old.isEmpty()) {
                return;
            }
            String who = "a transaction of " + old.get(0).text("role") + " ("
                    + old.get(0).text("application") + ", pid " + old.get(0).number("pid")
                    + ") that may use prepared statements, begun at "
                    + old.get(0).time("xact_start");
            if (old.get(0).isTrue("late")) {
                LOG.warn(
                        "Tables change under {}: after {} s it is not waited for any longer; a prepared statement of it may fail",
                        who,
                        LIMIT.toSeconds());
                return;
            }
            control.waits(who);
            control.checkpoint();
            pace.pause(BETWEEN_LOOKS);
        }
    }
}
