package dev.migrator.pg;

import dev.migrator.Phase;
import dev.migrator.engine.GateAnswer;
import dev.migrator.engine.MigrationState;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.state.StateSql;
import java.util.List;
import java.util.TreeMap;
import javax.sql.DataSource;

/** Reads what the gates of a migration's present phase have said, for people. */
final class GateReader {
    private final DataSource source;
    private final StateSql sql;

    GateReader(DataSource source, StateSql sql) {
        this.source = source;
        this.sql = sql;
    }

    /** The gates of the phase at which it stands, in their order. */
    List<GateStatus> gates(MigrationState state) {
        String table = sql.table("gate_answer").quoted();
        return Session.with(source, session -> {
                    return session.hasTable(sql.table("gate_answer"))
                            ? session.query(
                                    """
                                    SELECT phase, gate, verdict, reason, since, asked_at,
                                        ARRAY(SELECT k.key FROM pg_catalog.jsonb_each_text(data) AS k ORDER BY k.key) AS keys,
                                        ARRAY(SELECT k.value FROM pg_catalog.jsonb_each_text(data) AS k ORDER BY k.key) AS values
                                    FROM %s
                                    WHERE target = ? AND migration = ? AND phase = ? AND direction = ? ORDER BY place"""
                                            .formatted(table),
                                    sql.target(),
                                    state.id(),
                                    state.phase().name(),
                                    state.direction().name())
                            : List.<Row>of();
                })
                .stream()
                .map(GateReader::gate)
                .toList();
    }

    private static GateStatus gate(Row row) {
        TreeMap<String, String> data = new TreeMap<>();
        List<String> keys = row.texts("keys");
        List<String> values = row.texts("values");
        for (int i = 0; i < keys.size(); i++) {
            data.put(keys.get(i), values.get(i));
        }
        GateAnswer answer = new GateAnswer(GateAnswer.Verdict.valueOf(row.text("verdict")), row.text("reason"), data);
        return new GateStatus(
                Phase.valueOf(row.text("phase")), row.text("gate"), answer, row.time("since"), row.time("asked_at"));
    }
}
