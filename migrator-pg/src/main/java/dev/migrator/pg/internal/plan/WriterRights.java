package dev.migrator.pg.internal.plan;

import dev.migrator.pg.internal.catalog.ColumnInfo;
import dev.migrator.pg.internal.expression.Expression;
import dev.migrator.pg.internal.sql.Row;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Whether everyone who may write a table may also use what the sync triggers' expressions name. The triggers run with the
 * writer's rights, and who writes through a view, or a column of another schema's type, needs none in that schema. Names are
 * found in the expressions as the server prints them, where all but its own are qualified.
 */
final class WriterRights {
    private static final String WRITERS =
            """
            WITH RECURSIVE tree (oid) AS (
              SELECT ?::pg_catalog.oid
               UNION
              SELECT i.inhrelid FROM tree AS t JOIN pg_catalog.pg_inherits AS i ON i.inhparent = t.oid
            ), relations (oid) AS (
              SELECT t.oid FROM tree AS t
               UNION
              SELECT w.ev_class FROM relations AS n
                JOIN pg_catalog.pg_depend AS d ON d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = n.oid
                 AND d.classid = 'pg_catalog.pg_rewrite'::regclass
                JOIN pg_catalog.pg_rewrite AS w ON w.oid = d.objid
            ), writers (role, name, may_reach) AS (
              SELECT r.oid, r.rolname, pg_catalog.min(CASE WHEN n.oid = ? THEN '' ELSE
                     CASE WHEN c.relkind IN ('r', 'p') THEN ' in partition ' ELSE ' through view ' END || n.oid::regclass END)
                FROM pg_catalog.pg_roles AS r, relations AS n JOIN pg_catalog.pg_class AS c ON c.oid = n.oid
               WHERE r.rolname !~ '^pg_' AND pg_catalog.has_any_column_privilege(r.oid, n.oid, 'INSERT, UPDATE')
                 AND pg_catalog.has_schema_privilege(r.oid, c.relnamespace, 'USAGE')
               GROUP BY 1, 2
            )
            SELECT w.name || w.may_reach AS writer, pg_catalog.string_agg(DISTINCT missing.what, ', ') AS lacks
              FROM writers AS w CROSS JOIN LATERAL (
                SELECT 'USAGE on schema ' || pg_catalog.quote_ident(n.nspname) FROM pg_catalog.pg_namespace AS n
                 WHERE pg_catalog.quote_ident(n.nspname) = ANY (?::pg_catalog.text[])
                   AND NOT pg_catalog.has_schema_privilege(w.role, n.oid, 'USAGE')
                UNION ALL
                SELECT 'EXECUTE on function ' || p.oid::regprocedure FROM pg_catalog.pg_proc AS p
                  JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
                 WHERE pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(p.proname)
                       = ANY (?::pg_catalog.text[])
                   AND NOT pg_catalog.has_function_privilege(w.role, p.oid, 'EXECUTE')
              ) AS missing (what)
             GROUP BY w.name, w.may_reach ORDER BY 1
            """;

    private static final String NAME = "(\"(?:[^\"]|\"\")+\"|[\\p{L}_][\\p{L}\\p{N}_$]*)";
    private static final Pattern QUALIFIED = Pattern.compile("(?<![\\p{L}\\p{N}_$\"])" + NAME + "\\." + NAME);

    private final Workspace workspace;
    private final TableWork work;

    WriterRights(Workspace workspace, TableWork work) {
        this.workspace = workspace;
        this.work = work;
    }

    void look() {
        Set<String> schemas = new TreeSet<>();
        Set<String> names = new TreeSet<>();
        for (String text : expressions()) {
            QUALIFIED.matcher(text).results().forEach(match -> {
                schemas.add(match.group(1));
                names.add(match.group(1) + "." + match.group(2));
            });
        }
        if (schemas.isEmpty()) {
            return;
        }
        long table = work.table().oid();
        for (Row row : workspace.session().query(WRITERS, table, table, List.copyOf(schemas), List.copyOf(names))) {
            workspace
                    .findings()
                    .refuse(
                            work.paths().get(0) + ".table",
                            "role " + row.text("writer") + " may write "
                                    + work.name().quoted() + " and has no "
                                    + row.text("lacks")
                                    + ", which the sync triggers' expressions name: its writes would fail, or leave rows"
                                    + " that can't be mapped.",
                            "Grant that, or take the role's INSERT and UPDATE away.");
        }
    }

    /** What stands in the sync function besides the server's own functions and the table's columns. */
    private Set<String> expressions() {
        Set<String> texts = new LinkedHashSet<>();
        for (Mapping mapping : work.mappings()) {
            mapping.fresh().forEach(column -> {
                add(texts, column.up());
                column.defaultBefore()
                        .ifPresent(
                                value -> texts.add(value + "::" + column.type().name()));
            });
            mapping.old().forEach(column -> {
                add(texts, column.down());
                ColumnInfo info = column.info();
                info.defaultValue().ifPresent(value -> texts.add(value + "::" + info.type()));
            });
        }
        work.fills().forEach(fill -> add(texts, fill.value()));
        return texts;
    }

    private void add(Set<String> texts, Expression expression) {
        texts.add(expression.text());
    }
}
