package dev.migrator.pg.internal.throttle;

import dev.migrator.pg.internal.sql.Row;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * The physical standbys that are connected, as the server sees them; what the three signals about standbys share.
 *
 * @param written the end of the WAL now
 * @param hidden whether there are some that this role may not see
 * @param standbys those that it may
 */
record Replication(long written, boolean hidden, List<Standby> standbys) {
    /** Why nothing can be told. */
    static final String HIDDEN = "this role may not see the standbys in pg_stat_replication: GRANT pg_monitor to it";

    /**
     * A standby.
     *
     * @param name its {@code application_name}, which is the same for all of them unless it is set
     * @param pid the process that serves it
     * @param streaming whether it is up to date enough to be streaming
     * @param replays whether it replays, and does not just store
     * @param replayed how far it has come; empty before it has said so
     * @param reported the lag that it reports, in milliseconds; it stays as it was when the standby hangs
     * @param heard when it was last heard of, by its own clock
     */
    record Standby(
            String name,
            long pid,
            boolean streaming,
            boolean replays,
            Optional<Long> replayed,
            Optional<Long> reported,
            String heard) {
        KnownStandbys.Connection connection() {
            return new KnownStandbys.Connection(name, pid, replays, heard);
        }
    }

    // A logical subscriber is shown here, too; it is a matter of its slot.
    private static final String QUERY =
            """
            WITH wal AS MATERIALIZED (
                SELECT pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), '0/0')::pg_catalog.int8 AS written
            )
            SELECT w.written, r.pid, r.application_name AS name, r.state, r.replay_lsn IS NOT NULL AS replays,
                pg_catalog.pg_wal_lsn_diff(COALESCE(r.replay_lsn, r.flush_lsn, r.write_lsn), '0/0')::pg_catalog.int8 AS replayed,
                (EXTRACT(epoch FROM r.replay_lag) * 1000)::pg_catalog.int8 AS lag, r.reply_time::pg_catalog.text AS heard
            FROM wal AS w LEFT JOIN pg_catalog.pg_stat_replication AS r
                ON r.state IS DISTINCT FROM 'backup' AND NOT EXISTS (
                    SELECT FROM pg_catalog.pg_replication_slots AS s
                    WHERE s.active_pid = r.pid AND s.slot_type = 'logical')
            ORDER BY r.application_name, r.pid""";

    static Replication of(Look look) throws SQLException {
        List<Row> rows = look.rows(QUERY);
        List<Row> connected =
                rows.stream().filter(row -> row.optionalText("pid").isPresent()).toList();
        return new Replication(
                rows.get(0).number("written"),
                connected.stream().anyMatch(row -> row.optionalText("state").isEmpty()),
                connected.stream()
                        .filter(row -> row.optionalText("state").isPresent())
                        .map(Replication::standby)
                        .toList());
    }

    private static Standby standby(Row row) {
        return new Standby(
                row.optionalText("name").orElse(""),
                row.number("pid"),
                row.text("state").equals("streaming"),
                row.isTrue("replays"),
                row.optionalText("replayed").map(Long::valueOf),
                row.optionalText("lag").map(Long::valueOf),
                row.optionalText("heard").orElse(""));
    }
}
