package dev.migrator.pg.internal.release;

import dev.migrator.Gate;
import dev.migrator.Identifier;
import dev.migrator.Shape;
import dev.migrator.engine.GateQuestion;
import dev.migrator.engine.LiveReleases;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.state.StateSql;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * Looks at the registered instances for the {@code releases} gate, at transactions that are older than what an instance has
 * acknowledged, and at sessions that belong to no instance: the same user and {@code application_name} is the same application, unless that name is one which says nothing.
 */
public final class ReleaseLook {
    private static final String SESSIONS =
            """
            FROM pg_catalog.pg_stat_activity AS s
            WHERE s.datname = pg_catalog.current_database() AND COALESCE(s.backend_type, 'client backend') = 'client backend'
                AND s.pid <> pg_catalog.pg_backend_pid() AND COALESCE(s.application_name, '') NOT LIKE 'migrator %'
                AND s.usename IS NOT NULL""";

    private final DataSource source;
    private final StateSql sql;

    /**
     * A look; asks nothing yet.
     *
     * @param source connections
     * @param sql the state schema
     */
    public ReleaseLook(DataSource source, StateSql sql) {
        this.source = source;
        this.sql = sql;
    }

    /** What is known now. */
    public LiveReleases at(Gate.Releases gate, GateQuestion question) {
        return Session.with(source, session -> look(session, gate, question));
    }

    private LiveReleases look(Session session, Gate.Releases gate, GateQuestion question) {
        List<Row> instances = session.query(
                "SELECT instance, release, why FROM "
                        + sql.table("instances_needing").quoted() + "(?, ?, ?, ?, ?)",
                sql.target(),
                question.migration().id(),
                question.migration().checksum(),
                question.taken().map(Shape::name).orElse(StateSql.NO_SHAPE),
                gate.minimum().orElse(null));
        List<String> needed = new ArrayList<>();
        for (Row row : instances) {
            row.optionalText("why")
                    .ifPresent(why -> needed.add(
                            "instance " + row.text("instance") + " (release " + row.text("release") + ") " + why));
        }
        if (needed.isEmpty()) {
            question.taken()
                    .ifPresent(taken -> needed.addAll(
                            transactionsFromBefore(session, question.migration().id(), taken)));
        }
        List<String> unknown = new ArrayList<>();
        if (instances.isEmpty()) {
            unknown.add("no instance is registered, so nothing is known about live releases");
        } else {
            unknown.addAll(strangers(session, gate));
        }
        return new LiveReleases(instances.size(), needed, unknown);
    }

    /** What was begun before the instances changed over may still use the other shape. */
    private List<String> transactionsFromBefore(Session session, String migration, Shape taken) {
        return session
                .query(
                        "SELECT why FROM "
                                + sql.table("transactions_from_before").quoted() + "(?, ?, ?)",
                        sql.target(),
                        migration,
                        taken.name())
                .stream()
                .map(row -> row.text("why"))
                .toList();
    }

    /** Of a session of another user this role may see nothing else but that user, unless it has the right to. */
    private List<String> strangers(Session session, Gate.Releases gate) {
        return session
                .query(
                        "SELECT s.usename::pg_catalog.text AS role, s.application_name AS application,"
                                + " pg_catalog.count(*) AS sessions "
                                + SESSIONS
                                + """
                         AND ((s.usename, s.application_name)
                                IS DISTINCT FROM (session_user, pg_catalog.current_setting('application_name'))
                                OR s.application_name = ANY (?::pg_catalog.text[]))
                            AND s.usename <> ALL (?::pg_catalog.text[])
                            AND COALESCE(s.application_name <> ALL (?::pg_catalog.text[]), true)
                            AND (s.application_name IS NULL OR NOT EXISTS (
                                SELECT FROM %s AS i
                                WHERE i.target = ? AND i.role = s.usename AND i.application = s.application_name
                                    AND i.application <> ALL (?::pg_catalog.text[])
                                    AND i.expires_at > pg_catalog.clock_timestamp()))
                        GROUP BY s.usename, s.application_name ORDER BY s.usename, s.application_name"""
                                        .formatted(sql.table("instance").quoted()),
                        Pools.NO_NAMES,
                        gate.ignoredRoles().stream().map(Identifier::value).toList(),
                        gate.ignoredApplications(),
                        sql.target(),
                        Pools.NO_NAMES)
                .stream()
                .map(ReleaseLook::stranger)
                .toList();
    }

    private static String stranger(Row row) {
        boolean one = row.number("sessions") == 1;
        String sessions = row.number("sessions") + (one ? " session" : " sessions") + " of " + row.text("role");
        return row.optionalText("application")
                .map(name -> sessions + " (application " + (name.isEmpty() ? "without a name" : name) + ") "
                        + (Pools.NO_NAMES.contains(name)
                                ? "can't be told from those of other applications: give the pool of each an ApplicationName of its own"
                                : (one ? "belongs" : "belong") + " to no registered instance"))
                .orElseGet(() -> sessions + " can't be seen by this role: GRANT pg_read_all_stats to it");
    }
}
