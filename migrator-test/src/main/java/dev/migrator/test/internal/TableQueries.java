package dev.migrator.test.internal;

import java.util.List;

/** Tables, views, columns, indexes and sequences. */
final class TableQueries {

    private static final CatalogQuery SCHEMAS = new CatalogQuery(
            """
            SELECT format('schema %I', nspname), {role nspowner} AS owner, {acl nspacl n nspowner} AS privileges,
                   {comment pg_namespace chosen.oid} AS comment
            FROM chosen
            """);

    private static final CatalogQuery RELATIONS = new CatalogQuery(
            """
            SELECT format('%s %I.%I', CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
                                                     WHEN 'f' THEN 'foreign table' ELSE 'table' END, nspname, c.relname),
                   CASE c.relpersistence WHEN 'u' THEN 'unlogged' WHEN 't' THEN 'temporary' END AS persistence,
                   (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
                    WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped) AS columns,
                   pg_get_partkeydef(c.oid) AS "partitioned by",
                   pg_get_expr(c.relpartbound, c.oid) AS "partition bound",
                   (SELECT string_agg(inhparent::regclass::text, ', ' ORDER BY inhseqno) FROM pg_inherits
                    WHERE inhrelid = c.oid) AS parents,
                   EXISTS (SELECT FROM pg_inherits WHERE inhrelid = c.oid AND inhdetachpending) AS "detach pending",
                   CASE WHEN c.reloftype <> 0 THEN c.reloftype::regtype::text END AS "of type",
                   (SELECT amname FROM pg_am WHERE oid = c.relam) AS "access method",
                   (SELECT spcname FROM pg_tablespace WHERE oid = c.reltablespace) AS tablespace,
                   (SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(c.reloptions) o) AS options,
                   (SELECT string_agg(o, ', ' ORDER BY o) FROM pg_class toast, unnest(toast.reloptions) o
                    WHERE toast.oid = c.reltoastrelid) AS "toast options",
                   CASE WHEN c.relkind IN ('r', 'p') THEN CASE c.relreplident
                       WHEN 'n' THEN 'nothing' WHEN 'f' THEN 'full' WHEN 'i' THEN 'index' END END AS "replica identity",
                   c.relrowsecurity AS "row security", c.relforcerowsecurity AS "row security forced",
                   CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END AS definition,
                   c.relkind = 'm' AND NOT c.relispopulated AS "not populated",
                   (SELECT srvname FROM pg_foreign_table JOIN pg_foreign_server s ON s.oid = ftserver
                    WHERE ftrelid = c.oid) AS server,
                   (SELECT string_agg(o, ', ' ORDER BY o) FROM pg_foreign_table, unnest(ftoptions) o
                    WHERE ftrelid = c.oid) AS "foreign options",
                   {role c.relowner} AS owner, {acl c.relacl r c.relowner} AS privileges,
                   {comment pg_class c.oid} AS comment
            FROM pg_class c JOIN chosen n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND {own pg_class c.oid}
            """);

    // Where the column stands is told by its table's list; here it would make one added column change every line.
    private static final CatalogQuery COLUMNS = new CatalogQuery(
            """
            SELECT format('column %I.%I.%I', nspname, c.relname, a.attname),
                   format_type(a.atttypid, a.atttypmod) AS type,
                   CASE WHEN a.attcollation <> t.typcollation
                        THEN (SELECT format('%I.%I', cn.nspname, collname) FROM pg_collation o
                              JOIN pg_namespace cn ON cn.oid = collnamespace WHERE o.oid = a.attcollation) END AS collation,
                   a.attnotnull AS "not null",
                   CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END AS default,
                   CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END AS generated,
                   CASE a.attgenerated WHEN 's' THEN 'stored' WHEN 'v' THEN 'virtual' END AS "generated kind",
                   CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END AS identity,
                   CASE WHEN a.attstorage <> t.typstorage THEN CASE a.attstorage WHEN 'p' THEN 'plain'
                       WHEN 'e' THEN 'external' WHEN 'm' THEN 'main' WHEN 'x' THEN 'extended' END END AS storage,
                   CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END AS compression,
                   nullif(a.attstattarget, -1) AS "statistics target",
                   (SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(a.attoptions) o) AS options,
                   (SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(a.attfdwoptions) o) AS "foreign options",
                   NOT a.attislocal AS "inherited only", nullif(a.attinhcount, 0) AS parents,
                   {acl a.attacl c c.relowner} AS privileges,
                   col_description(c.oid, a.attnum) AS comment
            FROM pg_attribute a
            JOIN pg_class c ON c.oid = a.attrelid
            JOIN chosen n ON n.oid = c.relnamespace
            JOIN pg_type t ON t.oid = a.atttypid
            LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c')
              AND {own pg_class c.oid}
            """);

    private static final CatalogQuery INDEXES = new CatalogQuery(
            """
            SELECT format('index %I.%I', nspname, c.relname),
                   i.indrelid::regclass::text AS table,
                   pg_get_indexdef(i.indexrelid) AS definition,
                   NOT i.indisvalid AS invalid, NOT i.indisready AS "not ready", NOT i.indislive AS "being dropped",
                   i.indisclustered AS clustered, i.indisreplident AS "replica identity",
                   i.indisprimary AS "primary key",
                   (SELECT string_agg(quote_ident(conname), ', ' ORDER BY conname) FROM pg_constraint
                    WHERE conindid = i.indexrelid AND contype IN ('p', 'u', 'x')) AS constraint,
                   (SELECT inhparent::regclass::text FROM pg_inherits WHERE inhrelid = c.oid) AS parent,
                   (SELECT spcname FROM pg_tablespace WHERE oid = c.reltablespace) AS tablespace,
                   (SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(c.reloptions) o) AS options,
                   (SELECT string_agg(format('%s to %s', attnum, attstattarget), ', ' ORDER BY attnum) FROM pg_attribute
                    WHERE attrelid = c.oid AND attstattarget >= 0) AS "statistics targets",
                   CASE c.relpersistence WHEN 'u' THEN 'unlogged' END AS persistence,
                   {comment pg_class c.oid} AS comment
            FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN chosen n ON n.oid = c.relnamespace
            WHERE {own pg_class c.oid}
            """);

    private static final CatalogQuery SEQUENCES = new CatalogQuery(
            """
            SELECT format('sequence %I.%I', nspname, c.relname),
                   format_type(s.seqtypid, NULL) AS type, s.seqstart AS start, s.seqincrement AS increment,
                   s.seqmin AS min, s.seqmax AS max, s.seqcache AS cache, s.seqcycle AS cycle,
                   (SELECT format('%s.%I%s', refobjid::regclass, a.attname,
                                  CASE d.deptype WHEN 'i' THEN ' as identity' ELSE '' END)
                    FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
                    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass
                      AND d.deptype IN ('a', 'i')) AS "owned by",
                   CASE c.relpersistence WHEN 'u' THEN 'unlogged' END AS persistence,
                   {role c.relowner} AS owner, {acl c.relacl s c.relowner} AS privileges,
                   {comment pg_class c.oid} AS comment
            FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN chosen n ON n.oid = c.relnamespace
            WHERE {own pg_class c.oid}
            """);

    static final List<CatalogQuery> ALL = List.of(SCHEMAS, RELATIONS, COLUMNS, INDEXES, SEQUENCES);

    private TableQueries() {}
}
