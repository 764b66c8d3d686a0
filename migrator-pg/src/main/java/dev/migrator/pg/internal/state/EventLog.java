package dev.migrator.pg.internal.state;

import dev.migrator.Phase;
import dev.migrator.engine.Approval;
import dev.migrator.engine.Event;
import dev.migrator.throttle.Knobs;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The history, and what people said from outside: the tables {@code phase_event} and {@code approval}, and the pause. */
final class EventLog {
    private final StateDatabase database;
    private final String release;

    EventLog(StateDatabase database, String release) {
        this.database = database;
        this.release = release;
    }

    List<Event> history(String id) {
        return database.read(
                "Migration " + id + ": reading its history",
                row -> new Event(
                        row.time("at"),
                        Phase.valueOf(row.text("phase")),
                        row.text("event"),
                        row.text("actor"),
                        row.text("release"),
                        row.text("detail")),
                """
                SELECT at, phase, event, actor, release, detail FROM %s
                WHERE target = ? AND migration = ?
                ORDER BY seq"""
                        .formatted(database.table("phase_event")),
                database.sql().target(),
                id);
    }

    /** The number of the first line, from 1, at which the history is not what was written; empty: it is whole. */
    Optional<Long> firstBreak(String id) {
        return database
                .read(
                        "Migration " + id + ": proving its history",
                        row -> row.optionalText("place"),
                        "SELECT " + database.table("history_break") + "(?, ?) AS place",
                        database.sql().target(),
                        id)
                .stream()
                .flatMap(Optional::stream)
                .map(Long::parseLong)
                .findFirst();
    }

    boolean isPaused(String id) {
        return database.read(
                        "Migration " + id + ": asking whether it is to pause",
                        row -> row.isTrue("paused"),
                        "SELECT paused FROM " + database.table("control") + " WHERE target = ? AND migration = ?",
                        database.sql().target(),
                        id)
                .contains(true);
    }

    /** Changes nothing, and writes no history, if it is so already. */
    void setPaused(String id, boolean paused) {
        String change = paused
                ? """
                INSERT INTO %1$s AS c (target, migration, paused) VALUES (?, ?, true)
                ON CONFLICT (target, migration) DO UPDATE SET paused = true WHERE NOT c.paused"""
                : "UPDATE %1$s SET paused = false WHERE target = ? AND migration = ? AND paused";
        String statement = "WITH changed AS (" + change + " RETURNING target, migration)"
                + """

                INSERT INTO %2$s (target, migration, phase, event, release, instance, detail)
                SELECT c.target, c.migration, COALESCE(m.phase, 'EXPAND'), ?, ?, '', ''
                FROM changed AS c LEFT JOIN %3$s AS m USING (target, migration)""";
        database.write(
                "Migration " + id + ": asking it to " + (paused ? "pause" : "go on"),
                statement.formatted(
                        database.table("control"), database.table("phase_event"), database.table("migration")),
                database.sql().target(),
                id,
                paused ? "pause-requested" : "resumed",
                release);
    }

    /** Changes nothing, and writes no history, if it is so already. */
    void tune(String id, Map<String, String> knobs, boolean reset) {
        Map<String, String> set = new TreeMap<>(knobs);
        set.values().removeIf(Knobs.IF_NOT_TUNED::equals);
        Map<String, String> removed = new TreeMap<>(knobs);
        removed.keySet().removeAll(set.keySet());
        List<String> what = new ArrayList<>(reset ? List.of("reset") : List.of());
        knobs.forEach((key, value) -> what.add(key + "=" + value));
        database.write(
                "Migration " + id + ": changing its knobs",
                """
                WITH wanted AS (
                    SELECT pg_catalog.jsonb_object(?::pg_catalog.text[], ?::pg_catalog.text[]) AS new, ?::pg_catalog.text[] AS gone
                ), changed AS (
                    INSERT INTO %1$s AS c (target, migration, knobs)
                    SELECT ?, ?, w.new FROM wanted AS w
                    WHERE w.new <> '{}' OR EXISTS (SELECT FROM %1$s AS o WHERE o.target = ? AND o.migration = ?)
                    ON CONFLICT (target, migration) DO UPDATE
                        SET knobs = (CASE WHEN ? THEN '{}' ELSE c.knobs END || excluded.knobs) - (SELECT w.gone FROM wanted AS w)
                        WHERE c.knobs <> (CASE WHEN ? THEN '{}' ELSE c.knobs END || excluded.knobs)
                            - (SELECT w.gone FROM wanted AS w)
                    RETURNING target, migration, knobs
                )
                INSERT INTO %2$s (target, migration, phase, event, release, instance, detail)
                SELECT c.target, c.migration, COALESCE(m.phase, 'EXPAND'), 'tuned', ?, '',
                    pg_catalog.concat(?::pg_catalog.text, '; now: ', COALESCE(
                        (SELECT pg_catalog.string_agg(k.key || '=' || k.value, ', ' ORDER BY k.key)
                         FROM pg_catalog.jsonb_each_text(c.knobs) AS k), 'as in the file'))
                FROM changed AS c LEFT JOIN %3$s AS m USING (target, migration)"""
                        .formatted(
                                database.table("control"), database.table("phase_event"), database.table("migration")),
                List.copyOf(set.keySet()),
                List.copyOf(set.values()),
                List.copyOf(removed.keySet()),
                database.sql().target(),
                id,
                database.sql().target(),
                id,
                reset,
                reset,
                release,
                String.join(", ", what));
    }

    void approve(String id, Phase phase, String checksum, String by, String reason) {
        database.write(
                "Migration " + id + ": recording the approval of " + phase,
                """
                WITH line AS (
                    INSERT INTO %s (target, migration, phase, event, release, instance, detail)
                    VALUES (?, ?, ?, 'approved', ?, '', ?)
                    RETURNING target, migration, seq, phase
                )
                INSERT INTO %s (target, migration, event, phase, checksum, approved_by, reason)
                SELECT target, migration, seq, phase, ?, ?, ? FROM line"""
                        .formatted(database.table("phase_event"), database.table("approval")),
                database.sql().target(),
                id,
                phase.name(),
                release,
                "by " + by + ": " + reason,
                checksum,
                by,
                reason);
    }

    /** A rollback uses up the approvals that were there when it began. */
    List<Approval> approvals(String id, Phase phase, String checksum) {
        return database.read(
                "Migration " + id + ": reading the approvals of " + phase,
                row -> new Approval(
                        Phase.valueOf(row.text("phase")),
                        row.text("approved_by"),
                        row.text("actor"),
                        row.text("reason"),
                        row.time("at"),
                        row.texts("roles")),
                """
                SELECT a.phase, a.approved_by, e.actor, a.reason, e.at, ARRAY(
                    SELECT r.rolname::pg_catalog.text FROM pg_catalog.pg_roles AS r JOIN pg_catalog.pg_roles AS u ON u.rolname = e.actor
                    WHERE pg_catalog.pg_has_role(u.oid, r.oid, 'MEMBER')) AS roles
                FROM %1$s AS a
                JOIN %2$s AS e ON e.target = a.target AND e.migration = a.migration AND e.seq = a.event
                WHERE a.target = ? AND a.migration = ? AND a.phase = ? AND a.checksum = ?
                    AND (a.expires_at IS NULL OR a.expires_at > pg_catalog.clock_timestamp())
                    AND NOT EXISTS (
                        SELECT 1 FROM %2$s AS r
                        WHERE r.target = a.target AND r.migration = a.migration AND r.seq > a.event
                            AND r.event = 'rollback-started')
                ORDER BY a.event"""
                        .formatted(database.table("approval"), database.table("phase_event")),
                database.sql().target(),
                id,
                phase.name(),
                checksum);
    }
}
