package dev.migrator.pg.internal.expression;

import dev.migrator.Identifier;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.Session;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;

/** Has the server read expressions on the row of a table's copy, as the one column of a view, and tells what it made of them. */
final class ExpressionReader {
    private static final Identifier VALUE = Identifier.of("migrator_value");

    private final Scratch scratch;
    private final Session session;
    private final Identifier table;
    private int views;

    ExpressionReader(Scratch scratch, Session session, Identifier table) {
        this.scratch = scratch;
        this.session = session;
        this.table = table;
    }

    Expression read(String text) {
        Scratch.reject(SqlFragment.problem(text));
        String view = "pg_temp." + Identifier.of("migrator_view_" + views++).quoted();
        scratch.attempt(() -> {
            scratch.inUsersPath();
            session.plain("CREATE TEMPORARY VIEW " + view + " AS SELECT (\n" + text + "\n) AS " + VALUE.quoted()
                    + " FROM " + scratch.name());
        });
        Expression expression = describe(view);
        scratch.attempt(() -> session.plain("DROP VIEW " + view));
        return expression;
    }

    private Expression describe(String view) {
        session.query("SELECT set_config('search_path', '', true)");
        Row row = session.query(
                        """
                        SELECT pg_get_viewdef(r.ev_class) AS definition, r.ev_action::text AS tree,
                               format_type(a.atttypid, a.atttypmod) AS type,
                               ARRAY(SELECT DISTINCT c.attname::text FROM pg_depend d
                                       JOIN pg_attribute c ON c.attrelid = d.refobjid AND c.attnum = d.refobjsubid
                                      WHERE d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
                                        AND d.refobjid = ?::regclass AND d.refobjsubid > 0) AS columns,
                               EXISTS (SELECT FROM regexp_matches(r.ev_action::text, ':(?:funcid|opfuncid) (\\d+)', 'g') AS f(m)
                                         JOIN pg_proc p ON p.oid = f.m[1]::oid AND p.provolatile = 'v') AS has_volatile,
                               %s AS has_clock, %s AS has_settings
                          FROM pg_rewrite r JOIN pg_attribute a ON a.attrelid = r.ev_class AND a.attnum = 1
                         WHERE r.ev_class = ?::regclass
                        """
                                .formatted(SessionDependence.CLOCK, SessionDependence.SETTINGS),
                        scratch.name(),
                        view)
                .get(0);
        String text = selectedExpression(row.text("definition"));
        Set<Identifier> columns = new HashSet<>();
        row.texts("columns").forEach(column -> columns.add(Identifier.of(column)));
        return new Expression(text, table, columns, row.text("type"), isBare(text, columns), problems(row));
    }

    private static String selectedExpression(String definition) {
        // " SELECT <expression> AS migrator_value\n   FROM …": the first word and the alias are ours. A line's end
        // follows the
        // first word if the expression begins with CASE.
        String start = "SELECT";
        int from = definition.indexOf(start) + start.length();
        int to = definition.lastIndexOf(" AS " + VALUE.value());
        return definition.substring(from, to).strip();
    }

    private boolean isBare(String text, Set<Identifier> columns) {
        if (columns.size() != 1) {
            return false;
        }
        String column = columns.iterator().next().value();
        Row row = session.query(
                        "SELECT quote_ident(?) AS bare, quote_ident(?) || '.' || quote_ident(?) AS full_name",
                        column,
                        table.value(),
                        column)
                .get(0);
        return text.equals(row.text("bare")) || text.equals(row.text("full_name"));
    }

    private static Set<Expression.Problem> problems(Row row) {
        String tree = row.text("tree");
        Set<Expression.Problem> problems = EnumSet.noneOf(Expression.Problem.class);
        if (tree.contains("{SUBLINK")) {
            problems.add(Expression.Problem.SUBQUERY);
        }
        if (tree.contains("{AGGREF") || tree.contains("{WINDOWFUNC") || tree.contains(":funcretset true")) {
            problems.add(Expression.Problem.NOT_PER_ROW);
        }
        if (row.isTrue("has_volatile")) {
            problems.add(Expression.Problem.VOLATILE);
        }
        if (row.isTrue("has_clock")) {
            problems.add(Expression.Problem.CLOCK);
        }
        if (row.isTrue("has_settings")) {
            problems.add(Expression.Problem.SETTINGS);
        }
        if (tree.contains(":varattno 0 ") || tree.contains(":varattno -")) {
            problems.add(Expression.Problem.WHOLE_ROW);
        }
        return problems;
    }
}
