package dev.migrator.pg.internal.catalog;

import dev.migrator.pg.internal.sql.Session;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads what is below a partitioned table. */
final class PartitionTree {
    /** A common table expression: the table of the parameter and, if it is partitioned, all partitions on all levels. */
    static final String TREE =
            """
            tree (oid) AS (
              SELECT ?::oid UNION
              SELECT i.inhrelid FROM tree t JOIN pg_class c ON c.oid = t.oid AND c.relkind = 'p'
                JOIN pg_inherits i ON i.inhparent = t.oid)
            """;

    // Columns go by their names: a partition that was attached may have them in another order. Indexes, keys and
    // triggers of
    // the partitioned table's have clones, which are linked to theirs; so have its checks, which are then not local.
    private static final String OWN =
            """
            WITH RECURSIVE %s, part AS (
              SELECT c.oid, c.oid::regclass::text AS name, c.relkind, c.relowner, c.relforcerowsecurity AND c.relrowsecurity AS forced
                FROM tree t JOIN pg_class c ON c.oid = t.oid WHERE c.oid <> ?::oid
            ), col AS (
              SELECT part.name AS part, a.attrelid, a.attnum, p.attrelid AS root, p.attnum AS number, quote_ident(a.attname) AS name,
                     a.attnotnull AND NOT p.attnotnull AS forbids_null, cardinality(a.attacl) > 0 AS granted
                FROM part JOIN pg_attribute a ON a.attrelid = part.oid AND a.attnum > 0 AND NOT a.attisdropped
                JOIN pg_attribute p ON p.attrelid = ?::oid AND p.attname = a.attname AND p.attnum > 0 AND NOT p.attisdropped
            ), own (kind, description, relation, numbers) AS (
              SELECT 'FOREIGN', name || ' is a foreign table', oid, '{}'::int2[] FROM part WHERE relkind = 'f'
              UNION ALL
              SELECT 'NOT_OWNED', name || ' belongs to ' || pg_get_userbyid(relowner), oid, '{}'
                FROM part WHERE NOT pg_has_role(relowner, 'USAGE')
              UNION ALL
              SELECT 'DETACHING', name || ' is being detached', part.oid, '{}'
                FROM part JOIN pg_inherits i ON i.inhrelid = part.oid WHERE i.inhdetachpending
              UNION ALL
              SELECT 'ROW_SECURITY', name || ' has FORCE ROW LEVEL SECURITY', oid, '{}'
                FROM part WHERE forced AND NOT EXISTS (
                     SELECT FROM pg_roles WHERE rolname = current_user AND (rolbypassrls OR rolsuper))
              UNION ALL
              SELECT 'TRIGGER', format('trigger %%I ', g.tgname)
                     || CASE WHEN g.tgparentid = 0 THEN 'of ' ELSE format('(enabled: %%s) on ', g.tgenabled) END || name, part.oid, '{}'
                FROM part JOIN pg_trigger g ON g.tgrelid = part.oid LEFT JOIN pg_trigger above ON above.oid = g.tgparentid
               WHERE CASE WHEN g.tgparentid = 0 THEN NOT g.tgisinternal
                          ELSE g.tgconstraint = 0 AND g.tgenabled <> above.tgenabled END
              UNION ALL
              SELECT 'ON_COLUMN', CASE WHEN x.indisreplident THEN 'replica identity ' ELSE 'index ' END || format('%%I of ', c.relname) || name, part.oid,
                     x.indkey::int2[] || ARRAY(SELECT d.refobjsubid::int2 FROM pg_depend d
                        WHERE d.classid = 'pg_class'::regclass AND d.objid = x.indexrelid
                          AND d.refclassid = 'pg_class'::regclass AND d.refobjid = part.oid)
                FROM part JOIN pg_index x ON x.indrelid = part.oid JOIN pg_class c ON c.oid = x.indexrelid
               WHERE NOT c.relispartition OR x.indisreplident
              UNION ALL
              SELECT 'ON_COLUMN', format('constraint %%I of ', k.conname) || name, part.oid, k.conkey
                FROM part JOIN pg_constraint k ON k.conrelid = part.oid
               WHERE k.contype IN ('c', 'n') AND k.conislocal OR k.contype = 'f' AND k.conparentid = 0
              UNION ALL
              SELECT 'ON_COLUMN', format('foreign key %%I of table %%s to ', k.conname, k.conrelid::regclass) || name, part.oid, k.confkey
                FROM part JOIN pg_constraint k ON k.confrelid = part.oid AND k.contype = 'f' AND k.conparentid = 0
              UNION ALL
              SELECT 'ON_COLUMN', CASE WHEN r.rulename = '_RETURN' THEN pg_describe_object('pg_class'::regclass, r.ev_class, 0)
                          ELSE pg_describe_object(d.classid, d.objid, d.objsubid) END || ' on ' || name,
                     part.oid, ARRAY[d.refobjsubid::int2]
                FROM part JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = part.oid AND d.refobjsubid > 0
                LEFT JOIN pg_rewrite r ON r.oid = d.objid AND d.classid = 'pg_rewrite'::regclass
               WHERE d.classid IN ('pg_rewrite'::regclass, 'pg_policy'::regclass, 'pg_proc'::regclass, 'pg_publication_rel'::regclass)
              UNION ALL
              SELECT 'ON_COLUMN', format('statistics %%s of ', s.stxname) || name, part.oid, s.stxkeys::int2[]
                FROM part JOIN pg_statistic_ext s ON s.stxrelid = part.oid
              UNION ALL
              SELECT CASE WHEN forbids_null THEN 'NOT_NULL' ELSE 'ON_COLUMN' END,
                     CASE WHEN forbids_null THEN 'NOT NULL' WHEN granted THEN 'a privilege' ELSE 'another default' END
                     || format(' on %%s.%%s', part, col.name), attrelid, ARRAY[attnum]
                FROM col LEFT JOIN pg_attrdef d ON d.adrelid = attrelid AND d.adnum = attnum
                LEFT JOIN pg_attrdef above ON above.adrelid = root AND above.adnum = number
               WHERE forbids_null OR granted
                     OR pg_get_expr(d.adbin, d.adrelid) IS DISTINCT FROM pg_get_expr(above.adbin, above.adrelid)
            )
            SELECT kind, description, ARRAY(SELECT number::text FROM col WHERE attrelid = relation AND attnum = ANY (numbers)) AS columns
              FROM own ORDER BY kind, description
            """
                    .formatted(TREE);

    private final Session session;

    PartitionTree(Session session) {
        this.session = session;
    }

    /** What is below a table, if it is partitioned. */
    Partitions below(long oid) {
        int count = (int) session.query("WITH RECURSIVE " + TREE + " SELECT count(*) - 1 AS n FROM tree", oid)
                .get(0)
                .number("n");
        if (count == 0) {
            return Partitions.NONE;
        }
        List<Partitions.Own> own = session.query(OWN, oid, oid, oid).stream()
                .map(row -> new Partitions.Own(
                        Partitions.Kind.valueOf(row.text("kind")),
                        row.text("description"),
                        numbers(row.texts("columns"))))
                .toList();
        return new Partitions(count, own);
    }

    private static Set<Integer> numbers(List<String> texts) {
        return texts.stream().map(Integer::valueOf).collect(Collectors.toSet());
    }
}
