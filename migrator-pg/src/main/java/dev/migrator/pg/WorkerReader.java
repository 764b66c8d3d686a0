package dev.migrator.pg;

import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.state.StateSql;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;

/** Reads who works on a backfill and how fast, and what was changed about it from outside. */
final class WorkerReader {
    private final DataSource source;
    private final StateSql sql;

    WorkerReader(DataSource source, StateSql sql) {
        this.source = source;
        this.sql = sql;
    }

    /** Those that were seen within half a minute. */
    List<WorkerStatus> workers(String id) {
        String table = sql.table("backfill_worker").quoted();
        return Session.with(source, session -> {
                    return session.hasTable(sql.table("backfill_worker"))
                            ? session.query(
                                    """
                                    SELECT worker, pace, factor, reason, seen_at, notes,
                                        (EXTRACT(epoch FROM until) * 1000)::pg_catalog.int8 AS until,
                                        (EXTRACT(epoch FROM batch) * 1000000)::pg_catalog.int8 AS batch
                                    FROM %s
                                    WHERE target = ? AND migration = ?
                                        AND seen_at > pg_catalog.clock_timestamp() - interval '30 seconds'
                                    ORDER BY ordinal, worker"""
                                            .formatted(table),
                                    sql.target(),
                                    id)
                            : List.<Row>of();
                })
                .stream()
                .map(WorkerReader::worker)
                .toList();
    }

    private static WorkerStatus worker(Row row) {
        ThrottleStatus throttle = new ThrottleStatus(
                row.text("pace"),
                Double.parseDouble(row.text("factor")),
                row.text("reason"),
                row.optionalText("until").map(millis -> Instant.ofEpochMilli(Long.parseLong(millis))));
        return new WorkerStatus(
                row.text("worker"),
                throttle,
                row.optionalText("batch").map(micros -> Duration.ofNanos(Long.parseLong(micros) * 1000)),
                row.time("seen_at"),
                row.texts("notes"));
    }

    /** The knobs as they are recorded, in whatever version. */
    Map<String, String> knobs(String id) {
        Map<String, String> knobs = new TreeMap<>();
        Session.with(
                        source,
                        session -> session.query(
                                """
                                SELECT k.key, k.value FROM %s AS c, pg_catalog.jsonb_each_text(c.knobs) AS k
                                WHERE c.target = ? AND c.migration = ?"""
                                        .formatted(sql.table("control").quoted()),
                                sql.target(),
                                id))
                .forEach(row ->
                        knobs.put(row.text("key"), row.optionalText("value").orElse("null")));
        return knobs;
    }
}
