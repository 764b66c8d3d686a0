package dev.migrator.pg.internal.release;

import dev.migrator.Gate;
import dev.migrator.Identifier;
import dev.migrator.QualifiedName;
import dev.migrator.engine.GateAnswer;
import dev.migrator.engine.GateQuestion;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.state.StateSql;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.sql.DataSource;

/**
 * Looks whether statements still name what a migration takes away: by the counts of {@code pg_stat_statements}, compared with
 * those of the look before, which stand in the gate's own answer. Counts have no times, so the time runs from the look at which they
 * moved last; it begins anew where entries were reset or thrown away.
 */
public final class UseLook {
    private static final String CALLS = "noUseCalls";
    private static final String MARK = "noUseMark";
    private static final String SINCE = "noUseSince";
    private static final int SHOWN = 120;

    private final DataSource source;
    private final StateSql sql;

    /** Asks nothing yet. */
    public UseLook(DataSource source, StateSql sql) {
        this.source = source;
        this.sql = sql;
    }

    /** What is known now. */
    public GateAnswer at(Gate.NoUse gate, GateQuestion question) {
        List<RetiredColumn> columns = RetiredColumn.of(question.migration());
        if (columns.isEmpty()) {
            return GateAnswer.refuse(
                    "this migration takes no column away under its name, so that no statement can show whether"
                            + " the old shape is used: leave the gate out");
        }
        return Session.with(source, session -> look(session, gate, question, columns));
    }

    private GateAnswer look(Session session, Gate.NoUse gate, GateQuestion question, List<RetiredColumn> columns) {
        Optional<QualifiedName> view = session
                .query(
                        """
                        SELECT n.nspname AS schema
                        FROM pg_catalog.pg_extension AS e JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
                        WHERE e.extname = 'pg_stat_statements'""")
                .stream()
                .map(row -> new QualifiedName(Identifier.of(row.text("schema")), Identifier.of("pg_stat_statements")))
                .findFirst();
        return view.isPresent()
                ? ofServer(session, gate, question, columns, view.get())
                : ofInstances(session, gate, question);
    }

    private GateAnswer ofServer(
            Session session, Gate.NoUse gate, GateQuestion question, List<RetiredColumn> columns, QualifiedName view) {
        List<String> hidden = uncountedFunctions(session, columns);
        if (!hidden.isEmpty()) {
            return GateAnswer.unknown("statements inside of functions are not counted, and these name what goes: "
                    + String.join(", ", hidden)
                    + ". Change them first, or set pg_stat_statements.track = all");
        }
        boolean tracks = !session.query("SELECT pg_catalog.current_setting('pg_stat_statements.track', true) AS track")
                .get(0)
                .optionalText("track")
                .filter("none"::equals)
                .isPresent();
        if (!tracks) {
            return GateAnswer.unknown("no statement is counted: pg_stat_statements.track is none");
        }
        Row now = session.query(
                        "SELECT pg_catalog.clock_timestamp() AS now, pg_catalog.concat(stats_reset, '/', dealloc) AS mark FROM "
                                + new QualifiedName(view.schema(), Identifier.of("pg_stat_statements_info")).quoted())
                .get(0);
        List<Row> statements = session.query("SELECT query, calls FROM " + view.quoted()
                + " WHERE dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())"
                + " ORDER BY calls DESC");
        if (statements.stream().anyMatch(row -> row.optionalText("query")
                .filter("<insufficient privilege>"::equals)
                .isPresent())) {
            return GateAnswer.unknown("this role may not see the statements of others: GRANT pg_read_all_stats to it");
        }
        if (statements.stream().anyMatch(row -> row.optionalText("query").isEmpty())) {
            return GateAnswer.unknown(
                    "the texts of statements are not known now: pg_stat_statements has lost its file of them,"
                            + " or it is being written");
        }
        List<Row> using = statements.stream()
                .filter(row -> columns.stream()
                        .anyMatch(column -> names(row.optionalText("query").orElse(""), column)))
                .toList();
        return answer(gate, now, using, before(session, question));
    }

    /** Functions of the users', of which only the call is counted, unless the setting says otherwise. */
    private List<String> uncountedFunctions(Session session, List<RetiredColumn> columns) {
        return session
                .query(
                        """
                        SELECT p.oid::pg_catalog.regprocedure::pg_catalog.text AS name, p.prosrc AS source
                        FROM pg_catalog.pg_proc AS p
                        JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
                        JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang
                        WHERE pg_catalog.current_setting('pg_stat_statements.track', true) IS DISTINCT FROM 'all'
                            AND l.lanname IN ('sql', 'plpgsql') AND n.nspname NOT IN ('pg_catalog', 'information_schema', ?)
                        ORDER BY 1""",
                        sql.table("migration").schema().value())
                .stream()
                .filter(row -> columns.stream().anyMatch(column -> names(row.text("source"), column)))
                .map(row -> row.text("name"))
                .toList();
    }

    /** Without the extension, what instances whose transactions enter have counted; which tells nothing where one does not. */
    private GateAnswer ofInstances(Session session, Gate.NoUse gate, GateQuestion question) {
        Row now = session.query(
                        """
                        SELECT pg_catalog.clock_timestamp() AS now, 'instances' AS mark, pg_catalog.count(*) AS live,
                            pg_catalog.count(*) FILTER (WHERE NOT enters) AS silent
                        FROM %s WHERE target = ? AND expires_at > pg_catalog.clock_timestamp()"""
                                .formatted(sql.table("instance").quoted()),
                        sql.target())
                .get(0);
        if (now.number("live") == 0 || now.number("silent") > 0) {
            return GateAnswer.unknown(
                    "which statements have run is not known: CREATE EXTENSION pg_stat_statements in this"
                            + " database, with shared_preload_libraries = 'pg_stat_statements'; or let all instances take their"
                            + " connections from ApplicationInstance.dataSource(), which counts them ("
                            + now.number("live")
                            + " live instances, of which " + now.number("silent") + " do not)");
        }
        List<Row> using = session.query(
                "SELECT statement AS query, times AS calls FROM "
                        + sql.table("statement_use").quoted()
                        + " WHERE target = ? AND migration = ? ORDER BY last_at DESC",
                sql.target(),
                question.migration().id());
        return answer(gate, now, using, before(session, question));
    }

    private static boolean names(String statement, RetiredColumn column) {
        Pattern table = Names.inStatement(column.table().name());
        return Names.inStatement(column.column()).matcher(statement).find()
                && table.matcher(statement).find();
    }

    /** What the look before has found, if it was of the same question. */
    private Optional<Row> before(Session session, GateQuestion question) {
        return session
                .query(
                        """
                        SELECT data ->> '%s' AS calls, data ->> '%s' AS mark, (data ->> '%s')::pg_catalog.timestamptz AS since
                        FROM %s
                        WHERE target = ? AND migration = ? AND phase = ? AND direction = ? AND data ->> '%3$s' IS NOT NULL
                        ORDER BY asked_at DESC LIMIT 1"""
                                .formatted(
                                        CALLS,
                                        MARK,
                                        SINCE,
                                        sql.table("gate_answer").quoted()),
                        sql.target(),
                        question.migration().id(),
                        question.phase().name(),
                        question.direction().name())
                .stream()
                .findFirst();
    }

    private static GateAnswer answer(Gate.NoUse gate, Row now, List<Row> using, Optional<Row> before) {
        long calls = using.stream().mapToLong(row -> row.number("calls")).sum();
        String mark = now.text("mark");
        boolean same = before.filter(
                        row -> row.number("calls") == calls && row.text("mark").equals(mark))
                .isPresent();
        Instant since = same ? before.get().time("since") : now.time("now");
        Map<String, String> data = Map.of(CALLS, String.valueOf(calls), MARK, mark, SINCE, since.toString());
        Instant open = since.plus(gate.duration());
        if (same && !now.time("now").isBefore(open)) {
            return GateAnswer.pass("no statement has named what goes since " + since)
                    .with(data);
        }
        boolean used = before.filter(row -> row.text("mark").equals(mark) && row.number("calls") != calls)
                .isPresent();
        boolean lost = before.filter(row -> !row.text("mark").equals(mark)).isPresent();
        String why = used
                ? "it is still named, " + calls + " times by now, most often by: " + shown(using)
                : lost
                        ? "pg_stat_statements was reset or has thrown entries away (pg_stat_statements.max), so the time begins anew"
                        : "no statement has named what goes since " + since;
        return GateAnswer.wait(why + "; open at " + open + " if nothing names it")
                .with(data);
    }

    private static String shown(List<Row> using) {
        String text = using.isEmpty() ? "" : using.get(0).text("query").strip().replaceAll("\\s+", " ");
        return text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
    }
}
