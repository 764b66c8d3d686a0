package dev.migrator.pg.internal.backfill;

import dev.migrator.Identifier;
import dev.migrator.QualifiedName;
import dev.migrator.pg.internal.sql.Literal;
import dev.migrator.pg.internal.sql.RowName;
import dev.migrator.pg.internal.transact.Message;
import dev.migrator.plan.Action;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What is asked of a table with a column that the application computes, and of its queue.
 *
 * <p>A value is written only where the marker is still the one that was read with the inputs: it changes with every transaction
 * that changes an input, gives a value, or puts another row under the same key.
 */
final class ComputedSql {
    private static final Duration LONGEST_REST = Duration.ofMinutes(1);

    private final Action.Computation computation;
    private final String table;
    private final String queue;
    private final String marker;
    private final String column;

    ComputedSql(QualifiedName table, Action.Computation computation) {
        this.computation = computation;
        this.table = "ONLY " + table.quoted();
        this.queue = computation.queue().quoted();
        this.marker = computation.marker().quoted();
        this.column = computation.column().quoted();
        this.rowKey = RowName.of(table, computation.key(), "t");
        this.queuedKey = RowName.of(table, computation.key(), "n");
    }

    private final String rowKey;
    private final String queuedKey;

    private String inputs() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < computation.inputs().size(); i++) {
            text.append(", t.")
                    .append(computation.inputs().get(i).quoted())
                    .append("::pg_catalog.text AS i")
                    .append(i);
        }
        return text.toString();
    }

    private String sameKey() {
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < computation.key().size(); i++) {
            Identifier key = computation.key().get(i);
            parts.add("t." + key.quoted() + " = q.k" + (i + 1));
        }
        return String.join(" AND ", parts);
    }

    /** Values are read alike, whatever the settings of the role, the database and the machine. */
    static Message readable(Message message) {
        return message.set("bytea_output", "hex")
                .set("extra_float_digits", "1")
                .set("TimeZone", "UTC")
                .set("DateStyle", "ISO, MDY")
                .set("IntervalStyle", "postgres");
    }

    /** Rows of a range that nobody has written since EXPAND. */
    String read(TidRange range, int most) {
        return "SELECT t.ctid::pg_catalog.text AS place, t.xmin::pg_catalog.text AS version, t." + marker + " AS mark, "
                + rowKey + " AS row_key" + inputs() + " FROM " + table + " AS t WHERE " + range.condition("t.ctid")
                + " AND t." + marker + " = 0 LIMIT " + most;
    }

    /** The {@code place} of each of these rows that nobody has at this moment; locks them to see that. */
    String free(List<InputRow> rows) {
        return "SELECT t.ctid::pg_catalog.text AS place FROM " + table + " AS t WHERE t.ctid = ANY (" + places(rows)
                + ") AND t." + marker + " = 0 FOR NO KEY UPDATE OF t SKIP LOCKED";
    }

    private static String places(Collection<InputRow> rows) {
        return rows.stream()
                .map(row -> '"' + row.place() + '"')
                .collect(Collectors.joining(",", "'{", "}'::pg_catalog.tid[]"));
    }

    /** The UPDATE that writes values to rows of a range, as far as they are as they were read, and nobody has them. */
    String write(Map<InputRow, Optional<String>> values) {
        String rows = values.entrySet().stream()
                .map(entry -> "('" + entry.getKey().place() + "'::pg_catalog.tid, '"
                        + entry.getKey().version() + "'::pg_catalog.xid, " + literal(entry.getValue()) + ")")
                .collect(Collectors.joining(",\n  "));
        return """
                UPDATE %1$s AS t SET %2$s = v.value::%3$s, %4$s = 1
                FROM (VALUES %5$s) AS v(place, version, value)
                WHERE t.ctid = v.place AND t.xmin = v.version AND t.%4$s = 0 AND t.ctid = ANY (ARRAY(
                    SELECT t.ctid FROM %1$s AS t WHERE t.ctid = ANY (%6$s) AND t.%4$s = 0
                    FOR NO KEY UPDATE SKIP LOCKED))"""
                .formatted(table, column, computation.type(), marker, rows, places(values.keySet()));
    }

    /** The UPDATE that leaves rows of a range to the queue. */
    String handOver(InputRow row) {
        return "UPDATE " + table + " AS t SET " + marker + " = t." + marker + " WHERE t.ctid = '" + row.place()
                + "'::pg_catalog.tid AND t.xmin = '" + row.version() + "'::pg_catalog.xid AND t." + marker + " = 0";
    }

    private static String literal(Optional<String> value) {
        return value.map(Literal::text).orElse("NULL") + "::pg_catalog.text";
    }

    /** Takes entries that nobody has, the oldest first; those that have failed before one by one. */
    List<String> claim(String owner, int most, Duration lease) {
        return List.of(take(owner, lease, "q.attempts = 0", most), claimFailed(owner, lease));
    }

    /** Takes an entry that has failed before, unless the owner has another one. */
    String claimFailed(String owner, Duration lease) {
        return take(
                owner,
                lease,
                "q.attempts > 0 AND NOT EXISTS (SELECT FROM " + queue + " AS o WHERE o.owner = " + Literal.text(owner)
                        + ")",
                1);
    }

    private String take(String owner, Duration lease, String which, int most) {
        return """
                UPDATE %1$s AS q SET owner = %2$s, not_before = %3$s WHERE q.entry = ANY (ARRAY(
                    SELECT q.entry FROM %1$s AS q WHERE q.not_before <= pg_catalog.clock_timestamp() AND %4$s
                    ORDER BY q.entry LIMIT %5$d FOR UPDATE SKIP LOCKED))"""
                .formatted(queue, Literal.text(owner), in(lease), which, most);
    }

    private static String in(Duration time) {
        return "pg_catalog.clock_timestamp() + interval '" + time.toMillis() + "ms'";
    }

    /** The rows of the entries that are the owner's; no place for one that is gone. */
    String readQueued(String owner) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < computation.key().size(); i++) {
            names.add("q.k" + (i + 1) + " AS " + computation.key().get(i).quoted());
        }
        return "SELECT q.entry, t.ctid::pg_catalog.text AS place, t." + marker + " AS mark, " + queuedKey
                + " AS row_key"
                + inputs() + " FROM " + queue + " AS q CROSS JOIN LATERAL (SELECT " + String.join(", ", names)
                + ") AS n LEFT JOIN " + table + " AS t ON " + sameKey()
                + " WHERE q.owner = "
                + Literal.text(owner) + " ORDER BY q.entry";
    }

    /** Tells that the owner is alive. */
    String renew(String owner, Duration lease) {
        return "UPDATE " + queue + " SET not_before = " + in(lease) + " WHERE owner = " + Literal.text(owner);
    }

    /** Forgets entries whose rows have been seen gone or in step. */
    String forget(List<Long> entries, String owner) {
        return "DELETE FROM " + queue + " WHERE " + isOneOf(entries, owner);
    }

    /**
     * Gives entries back, for a time that lets others end what they do with the rows; the longer a row has been waiting, the
     * longer, so that one that somebody holds is not computed all the time.
     */
    String giveBack(List<Long> entries, String owner, Duration rest) {
        return "UPDATE " + queue + " SET owner = NULL, not_before = pg_catalog.clock_timestamp() + LEAST(interval '"
                + LONGEST_REST.toSeconds() + "s', GREATEST(interval '" + rest.toMillis()
                + "ms', (pg_catalog.clock_timestamp() - queued_at) / 4)) WHERE " + isOneOf(entries, owner);
    }

    /** Gives a failed entry back, for a time that doubles up to a minute. */
    String fail(InputRow row, String owner, String message) {
        return "UPDATE " + queue + " SET owner = NULL, attempts = attempts + 1, failure = " + Literal.text(message)
                + ", not_before = pg_catalog.clock_timestamp() + LEAST(interval '" + LONGEST_REST.toSeconds()
                + "s', interval '1s' * pg_catalog.power(2, LEAST(attempts, 10))) WHERE "
                + isOneOf(List.of(row.entry()), owner);
    }

    private static String isOneOf(List<Long> entries, String owner) {
        String numbers = entries.stream().map(String::valueOf).collect(Collectors.joining(","));
        return "owner = " + Literal.text(owner) + " AND entry = ANY ('{" + numbers + "}'::pg_catalog.int8[])";
    }

    /**
     * Writes values to queued rows, as far as they are as they were read and the entries are still the owner's; the entries of
     * those written go with it. Nobody is waited for: rows that somebody has are left. A row whose input a trigger of the table
     * changes with it is pending again, and keeps its entry.
     *
     * @return a statement whose rows name the entries of the rows that were written
     */
    String writeQueued(Map<InputRow, Optional<String>> values, String owner) {
        String rows = values.entrySet().stream()
                .map(entry -> "(" + entry.getKey().entry() + "::pg_catalog.int8, "
                        + entry.getKey().mark() + "::pg_catalog.int4, " + literal(entry.getValue()) + ")")
                .collect(Collectors.joining(",\n  "));
        return """
                WITH v(entry, mark, value) AS (VALUES %1$s),
                held AS (SELECT t.ctid AS place, v.entry, v.value FROM v
                    JOIN %2$s AS q ON q.entry = v.entry AND q.owner = %3$s
                    JOIN %4$s AS t ON %5$s AND t.%6$s = v.mark
                    FOR NO KEY UPDATE OF t SKIP LOCKED),
                filled AS (UPDATE %4$s AS t SET %7$s = h.value::%8$s, %6$s = t.%6$s | 1
                    FROM held AS h WHERE t.ctid = h.place RETURNING h.entry, t.%6$s AS mark)
                DELETE FROM %2$s AS q USING filled AS f WHERE q.entry = f.entry AND f.mark & 1 = 1 RETURNING q.entry"""
                .formatted(rows, queue, Literal.text(owner), table, sameKey(), marker, column, computation.type());
    }

    /** What failed before is tried again at once. */
    String retryAll() {
        return "UPDATE " + queue
                + " SET attempts = 0, failure = NULL, not_before = pg_catalog.clock_timestamp() WHERE failure IS NOT NULL";
    }

    /** The query for how far the queue is behind: {@code entries}, {@code failing}, and {@code seconds} of the oldest. */
    static String lag(QualifiedName queue) {
        return "SELECT pg_catalog.count(*) FILTER (WHERE failure IS NULL) AS entries,"
                + " pg_catalog.count(failure) AS failing,"
                + " COALESCE(EXTRACT(epoch FROM pg_catalog.clock_timestamp()"
                + " - pg_catalog.min(queued_at) FILTER (WHERE failure IS NULL)), 0)::pg_catalog.int8 AS seconds FROM "
                + queue.quoted();
    }

    /** The query for a queued row that is pending. */
    private String pending() {
        return "SELECT FROM " + queue + " AS q JOIN " + table + " AS t ON " + sameKey() + " WHERE t." + marker
                + " & 1 = 0";
    }

    /** Error {@code MG008} if a queued row is pending; to be sure under a lock that stops writers. */
    String ensureNonePending() {
        return "DO "
                + Literal.body(
                        """
                BEGIN
                  IF EXISTS (%s) THEN
                    RAISE EXCEPTION USING ERRCODE = 'MG008', MESSAGE = 'Rows are pending again. Nothing was changed.';
                  END IF;
                END"""
                                .formatted(pending()));
    }

    /** The query whether a queued row is pending: {@code pending}. */
    String isPending() {
        return "SELECT EXISTS (" + pending() + ") AS pending";
    }
}
