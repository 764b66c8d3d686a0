package dev.migrator.pg.internal.execute;

import dev.migrator.Gate;
import dev.migrator.engine.GateAnswer;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.transact.Failures;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/**
 * How far standbys are behind, at one look: the lag that each reports, or the time since it has said anything while it is behind,
 * if that is more.
 */
final class ReplicaLagLook {
    private static final String QUERY =
            """
            SELECT r.application_name AS name, r.state, (EXTRACT(epoch FROM CASE
                WHEN r.replay_lsn >= pg_catalog.pg_current_wal_lsn() THEN interval '0'
                ELSE GREATEST(r.replay_lag, pg_catalog.clock_timestamp() - r.reply_time) END) * 1000)::pg_catalog.int8 AS lag
            FROM pg_catalog.pg_stat_replication AS r
            WHERE r.state IS DISTINCT FROM 'backup' AND NOT EXISTS (
                SELECT FROM pg_catalog.pg_replication_slots AS s WHERE s.active_pid = r.pid AND s.slot_type = 'logical')
            ORDER BY r.application_name""";

    private final DataSource source;

    ReplicaLagLook(DataSource source) {
        this.source = source;
    }

    GateAnswer at(Gate.ReplicaLag gate) {
        List<Row> standbys = Session.with(source, session -> session.query(QUERY));
        if (standbys.stream().anyMatch(row -> row.optionalText("state").isEmpty())) {
            return GateAnswer.unknown(
                    "this role may not see the standbys in pg_stat_replication: GRANT pg_monitor to it");
        }
        List<String> gone = Session.with(
                        source,
                        session -> session.query(
                                "SELECT slot_name::pg_catalog.text AS slot FROM pg_catalog.pg_replication_slots"
                                        + " WHERE slot_type = 'physical' AND NOT active AND restart_lsn IS NOT NULL ORDER BY 1"))
                .stream()
                .map(row -> row.text("slot"))
                .toList();
        if (!gone.isEmpty()) {
            return GateAnswer.unknown("nobody is connected to the replication slots " + String.join(", ", gone)
                    + ": how far those standbys are is not known; drop slots that nobody needs");
        }
        List<String> behind = new ArrayList<>();
        long worst = 0;
        for (Row standby : standbys) {
            if (standby.optionalText("lag").isEmpty()) {
                return GateAnswer.unknown(
                        "standby " + standby.text("name") + " has not said yet how far it is: it has only just come");
            }
            Duration lag = Duration.ofMillis(standby.number("lag"));
            worst = Math.max(worst, lag.toMillis());
            if (lag.compareTo(gate.limit()) > 0) {
                behind.add("standby " + standby.text("name") + " is " + Failures.text(lag) + " behind");
            }
        }
        Map<String, String> data =
                Map.of("standbys", String.valueOf(standbys.size()), "lagMillis", String.valueOf(worst));
        return behind.isEmpty()
                ? GateAnswer.pass(standbys.size() + (standbys.size() == 1 ? " standby is" : " standbys are")
                                + " at most " + Failures.text(Duration.ofMillis(worst)) + " behind")
                        .with(data)
                : GateAnswer.wait(String.join("; ", behind) + ", more than " + Failures.text(gate.limit()))
                        .with(data);
    }
}
