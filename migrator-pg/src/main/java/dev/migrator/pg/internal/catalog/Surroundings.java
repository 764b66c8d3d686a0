package dev.migrator.pg.internal.catalog;

import dev.migrator.QualifiedName;
import dev.migrator.pg.internal.sql.Session;
import java.util.List;

/** Reads what is around a table without standing on one of its columns. */
final class Surroundings {
    private final Session session;

    Surroundings(Session session) {
        this.session = session;
    }

    /** Those in SQL or PL/pgSQL that name the table, take or give its rows, or belong to its triggers. */
    List<TableInfo.Function> functions(QualifiedName table, long oid) {
        String sql =
                """
                WITH RECURSIVE %s
                SELECT p.oid::regprocedure::text AS signature, l.lanname = 'plpgsql' AS plpgsql, coalesce(p.prosrc, '') AS source,
                       p.prorettype = t.row_type AS gives_rows, p.oid = ANY (t.of_triggers) AS of_trigger,
                       p.oid = ANY (t.of_triggers) OR u.uses_rows AS by_type,
                       CASE WHEN l.lanname <> 'plpgsql' OR NOT pg_has_role(p.proowner, 'USAGE') THEN ''
                            WHEN p.prokind = 'f' THEN format('ALTER FUNCTION %%s COST %%s', p.oid::regprocedure, p.procost)
                            ELSE format('ALTER PROCEDURE %%s SECURITY %%s', p.oid::regprocedure,
                                        CASE WHEN p.prosecdef THEN 'DEFINER' ELSE 'INVOKER' END) END AS touch
                  FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang JOIN pg_namespace n ON n.oid = p.pronamespace
                 CROSS JOIN (SELECT c.reltype AS row_type,
                                    ARRAY(SELECT y.oid FROM tree JOIN pg_type y ON y.typrelid = tree.oid
                                          UNION SELECT y.typarray FROM tree JOIN pg_type y ON y.typrelid = tree.oid) AS types,
                                    ARRAY(SELECT g.tgfoid FROM pg_trigger g WHERE g.tgrelid = c.oid) AS of_triggers
                               FROM pg_class c WHERE c.oid = ?) AS t
                 CROSS JOIN LATERAL (SELECT coalesce(p.proallargtypes, p.proargtypes::oid[]) || p.prorettype
                                            && t.types AS uses_rows) AS u
                 WHERE l.lanname IN ('sql', 'plpgsql') AND p.prokind IN ('f', 'p')
                   AND n.nspname NOT IN ('pg_catalog', 'information_schema')
                   AND (position(lower(?) IN lower(p.prosrc)) > 0 OR p.oid = ANY (t.of_triggers) OR u.uses_rows)
                 ORDER BY 1
                """
                        .formatted(PartitionTree.TREE);
        return session.query(sql, oid, oid, table.name().value()).stream()
                // Part of a longer word it is another name: of a table "user" that would be half of all functions.
                .filter(row -> row.isTrue("by_type") || SourceText.names(row.text("source"), table.name()))
                .map(row -> new TableInfo.Function(
                        row.text("signature"),
                        row.text("touch"),
                        row.isTrue("plpgsql"),
                        row.isTrue("gives_rows"),
                        row.isTrue("of_trigger"),
                        row.text("source")))
                .toList();
    }

    List<TableInfo.Obstacle> obstacles(long oid) {
        // A row type is used by itself, in arrays, domains, ranges and composite types, and in those of these.
        String sql =
                """
                WITH RECURSIVE %s, uses (type) AS (
                  SELECT reltype FROM pg_class WHERE oid IN (SELECT oid FROM tree) AND reltype <> 0
                  UNION
                  SELECT s.type FROM uses u JOIN (
                    SELECT typelem AS of, oid AS type FROM pg_type WHERE typelem <> 0
                    UNION ALL SELECT typbasetype, oid FROM pg_type WHERE typbasetype <> 0
                    UNION ALL SELECT rngsubtype, rngtypid FROM pg_range
                    UNION ALL SELECT a.atttypid, c.reltype FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
                               WHERE c.relkind = 'c') s ON s.of = u.type)
                SELECT 'TEMPORARY' AS kind, pg_describe_object('pg_class'::regclass, oid, 0) AS description
                  FROM pg_class WHERE oid = ? AND relpersistence = 't'
                UNION ALL
                SELECT 'TYPED', reloftype::regtype::text FROM pg_class WHERE oid = ? AND reloftype <> 0
                UNION ALL
                SELECT 'ROWS_ELSEWHERE', pg_describe_object('pg_class'::regclass, a.attrelid, a.attnum)
                  FROM uses u JOIN pg_attribute a ON a.atttypid = u.type AND a.attnum > 0 AND NOT a.attisdropped
                  JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p', 'm')
                UNION ALL
                SELECT 'UPDATE_RULE', pg_describe_object('pg_rewrite'::regclass, oid, 0)
                  FROM pg_rewrite WHERE ev_class IN (SELECT oid FROM tree) AND ev_type = '2' AND ev_enabled <> 'D'
                UNION ALL
                SELECT 'PARTITION', pg_partition_root(oid)::text FROM pg_class WHERE oid = ? AND relispartition
                 ORDER BY 1, 2
                """
                        .formatted(PartitionTree.TREE);
        return session.query(sql, oid, oid, oid, oid).stream()
                .map(row -> new TableInfo.Obstacle(
                        TableInfo.Obstacle.Kind.valueOf(row.text("kind")), row.text("description")))
                .toList();
    }
}
