package dev.migrator.pg.internal.transact;

import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.plan.LockMode;
import dev.migrator.plan.TableLock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Asks the server who holds locks that a step's locks conflict with, on its tables and all their partitions. Needs no right
 * beyond connecting: what others do is shown to a member of {@code pg_read_all_stats} only, that they hold a lock to all.
 *
 * <p>Source: PostgreSQL manual, 54.12 "pg_locks".
 */
public final class Blockers {
    private static final int LONGEST_QUERY = 200;

    private Blockers() {}

    public static List<Blocker> find(Session session, List<TableLock> wanted) {
        List<String> tables = new ArrayList<>();
        List<String> modes = new ArrayList<>();
        for (TableLock lock : wanted) {
            for (LockMode mode : LockMode.values()) {
                if (lock.mode().conflictsWith(mode)) {
                    tables.add(lock.table().quoted());
                    modes.add(mode.catalogName());
                }
            }
        }
        if (tables.isEmpty()) {
            return List.of();
        }
        Map<String, Blocker> found = new LinkedHashMap<>();
        for (Row row : session.query(QUERY, tables, modes)) {
            Blocker blocker = blocker(row);
            found.putIfAbsent(blocker.id(), blocker);
        }
        return List.copyOf(found.values());
    }

    /**
     * Who holds up a backend that waits: those who hold locks that it is known to wait for, then any others.
     *
     * @param pid the backend that waits
     * @param locks the weakest locks for all of whose holders it waits
     * @param others what those hold who hold none of these
     */
    public static List<Blocker> holdingUp(Session session, long pid, List<TableLock> locks, String others) {
        // The server tells 0 for a prepared transaction, whichever.
        Set<Long> pids = session
                .query("SELECT pg_catalog.unnest(pg_catalog.pg_blocking_pids(?::pg_catalog.int4)) AS pid", (int) pid)
                .stream()
                .map(row -> row.number("pid"))
                .collect(Collectors.toSet());
        if (pids.isEmpty()) {
            return List.of();
        }
        List<Blocker> result = new ArrayList<>(find(session, locks).stream()
                .filter(holder -> pids.contains(holder.pid().orElse(0L)))
                .toList());
        result.forEach(holder -> pids.remove(holder.pid().orElse(0L)));
        List<String> rest = pids.stream().map(String::valueOf).toList();
        session.query(SESSIONS, rest).forEach(row -> result.add(blocker(row, others)));
        return List.copyOf(result);
    }

    // Descendants count, because LOCK TABLE takes them too. A prepared transaction shows without a pid, and under the
    // virtual
    // id of the session that it was prepared in (the manual's "-1/" is what it becomes with a restart): its lock on its
    // own
    // transaction id tells which one it is.
    private static final String QUERY =
            """
            WITH RECURSIVE wanted AS (
                SELECT pg_catalog.to_regclass(w.name)::pg_catalog.oid AS relation, w.mode
                FROM ROWS FROM (pg_catalog.unnest(?::pg_catalog.text[]), pg_catalog.unnest(?::pg_catalog.text[])) AS w(name, mode)
            ), tree AS (
                SELECT w.relation, w.mode FROM wanted AS w WHERE w.relation IS NOT NULL
                UNION
                SELECT i.inhrelid, t.mode FROM tree AS t JOIN pg_catalog.pg_inherits AS i ON i.inhparent = t.relation
            )
            SELECT l.pid, l.virtualtransaction AS vxid, l.mode, l.relation::pg_catalog.regclass::pg_catalog.text AS table,
                a.usename, a.application_name, pg_catalog.host(a.client_addr) AS client, a.state, a.backend_type,
                a.pid IS NOT NULL AND a.usesysid IS NULL AS userless,
                (EXTRACT(epoch FROM pg_catalog.clock_timestamp() - a.xact_start) * 1000)::pg_catalog.int8 AS age,
                CASE WHEN a.state IS NOT NULL OR a.backend_type IS NOT NULL THEN a.query END AS query,
                p.gid, p.owner,
                (EXTRACT(epoch FROM pg_catalog.clock_timestamp() - p.prepared) * 1000)::pg_catalog.int8 AS prepared_age,
                b.pid IS NOT NULL AS builds_index,
                pg_catalog.age(c.relfrozenxid)
                    > pg_catalog.current_setting('autovacuum_freeze_max_age')::pg_catalog.int4 AS freeze_due
            FROM tree AS t
            JOIN pg_catalog.pg_locks AS l ON l.relation = t.relation AND l.mode = t.mode
            JOIN pg_catalog.pg_class AS c ON c.oid = l.relation
            LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.pid
            LEFT JOIN pg_catalog.pg_locks AS x
                ON l.pid IS NULL AND x.pid IS NULL AND x.locktype = 'transactionid'
                    AND x.virtualtransaction = l.virtualtransaction
            LEFT JOIN pg_catalog.pg_prepared_xacts AS p ON p.transaction = x.transactionid
            LEFT JOIN pg_catalog.pg_stat_progress_create_index AS b ON b.pid = l.pid
            WHERE l.locktype = 'relation' AND l.granted AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
                AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d
                                  WHERE d.datname = pg_catalog.current_database())
            ORDER BY age DESC NULLS LAST, l.pid
            """;

    private static final String SESSIONS =
            """
            SELECT a.pid, l.virtualtransaction AS vxid,
                a.usename, a.application_name, pg_catalog.host(a.client_addr) AS client, a.state, a.backend_type,
                a.usesysid IS NULL AS userless,
                (EXTRACT(epoch FROM pg_catalog.clock_timestamp() - a.xact_start) * 1000)::pg_catalog.int8 AS age,
                CASE WHEN a.state IS NOT NULL OR a.backend_type IS NOT NULL THEN a.query END AS query,
                NULL AS gid, NULL AS owner, NULL AS prepared_age, false AS freeze_due,
                b.pid IS NOT NULL AS builds_index
            FROM pg_catalog.pg_stat_activity AS a
            JOIN pg_catalog.pg_locks AS l ON l.pid = a.pid AND l.locktype = 'virtualxid' AND l.granted
                AND l.virtualxid = l.virtualtransaction
            LEFT JOIN pg_catalog.pg_stat_progress_create_index AS b ON b.pid = a.pid
            WHERE a.pid = ANY (?::pg_catalog.int4[])
            ORDER BY age DESC NULLS LAST, a.pid
            """;

    private static Blocker blocker(Row row) {
        return blocker(row, mode(row.text("mode")) + " on " + row.text("table"));
    }

    private static Blocker blocker(Row row, String holds) {
        Optional<Long> pid = row.optionalText("pid").map(Long::valueOf);
        Optional<String> gid = row.optionalText("gid");
        Blocker.Kind kind = kind(row, pid);
        // An index build is many transactions; it is one and the same all the time.
        String id = kind == Blocker.Kind.INDEX_BUILD
                ? "pid " + pid.orElse(0L)
                : pid.map(String::valueOf).orElse("") + " " + row.text("vxid");
        return new Blocker(
                id,
                kind,
                pid,
                gid,
                holds,
                row.optionalText("usename").or(() -> row.optionalText("owner")),
                row.optionalText("application_name"),
                row.optionalText("client"),
                row.optionalText("state").or(() -> row.optionalText("backend_type")),
                row.optionalText("age")
                        .or(() -> row.optionalText("prepared_age"))
                        .map(millis -> Duration.ofMillis(Math.max(0, Long.parseLong(millis)))),
                row.optionalText("query").map(Blockers::cut));
    }

    private static Blocker.Kind kind(Row row, Optional<Long> pid) {
        if (pid.isEmpty()) {
            return Blocker.Kind.PREPARED;
        }
        String query = row.optionalText("query").orElse("").toLowerCase(Locale.ROOT);
        boolean hidden = row.optionalText("backend_type").isEmpty();
        boolean autovacuum = row.optionalText("backend_type").orElse("").equals("autovacuum worker")
                || (hidden && row.isTrue("userless"));
        if (autovacuum) {
            boolean insists = query.endsWith("(to prevent wraparound)") || (hidden && row.isTrue("freeze_due"));
            return insists ? Blocker.Kind.WRAPAROUND_VACUUM : Blocker.Kind.AUTOVACUUM;
        }
        return row.isTrue("builds_index") ? Blocker.Kind.INDEX_BUILD : Blocker.Kind.TRANSACTION;
    }

    private static String mode(String catalogName) {
        for (LockMode mode : LockMode.values()) {
            if (mode.catalogName().equals(catalogName)) {
                return mode.sql();
            }
        }
        return catalogName;
    }

    private static String cut(String query) {
        String line = query.strip().replaceAll("\\s+", " ");
        return line.length() > LONGEST_QUERY ? line.substring(0, LONGEST_QUERY) + "…" : line;
    }
}
