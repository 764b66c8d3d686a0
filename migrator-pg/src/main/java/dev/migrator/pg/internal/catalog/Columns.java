package dev.migrator.pg.internal.catalog;

import dev.migrator.Identifier;
import dev.migrator.QualifiedName;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.Session;
import java.util.List;

/** Reads the columns of a table. */
final class Columns {
    private final Session session;

    Columns(Session session) {
        this.session = session;
    }

    List<ColumnInfo> of(long oid) {
        String sql =
                """
                WITH RECURSIVE %s, keys (key) AS ( -- a partition key makes its columns depend on the table, expressions too
                  SELECT a.attname FROM tree t JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = t.oid
                     AND d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid AND d.refobjsubid = 0 AND d.deptype = 'i'
                    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.objsubid AND a.attnum > 0)
                SELECT a.attname AS name, a.attnum::int AS number, format_type(a.atttypid, a.atttypmod) AS type,
                       CASE WHEN a.attcollation <> 0 AND a.attcollation <> t.typcollation
                            THEN a.attcollation::regcollation::text END AS collation,
                       a.attnotnull AS not_null, a.attidentity::text AS identity,
                       CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END AS default_value,
                       EXISTS (SELECT FROM regexp_matches(d.adbin::text, ':(?:funcid|opfuncid) (\\d+)', 'g') AS f(m)
                                 JOIN pg_proc p ON p.oid = f.m[1]::oid AND p.provolatile = 'v') AS volatile_default,
                       a.attgenerated <> '' AS generated,
                       a.attname IN (SELECT key FROM keys) AS partition_key,
                       nullif(a.attstattarget, -1)::int AS statistics_target, a.attoptions AS options,
                       CASE WHEN a.attstorage <> t.typstorage THEN CASE a.attstorage WHEN 'p' THEN 'PLAIN'
                            WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' WHEN 'x' THEN 'EXTENDED' END END AS storage,
                       CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END AS compression,
                       col_description(a.attrelid, a.attnum) AS comment,
                       pg_get_serial_sequence(quote_ident(n.nspname) || '.' || quote_ident(c.relname), a.attname) AS sequence
                  FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
                  JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
                  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
                 WHERE a.attrelid = ? AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
                """
                        .formatted(PartitionTree.TREE);
        return session.query(sql, oid, oid).stream().map(row -> read(oid, row)).toList();
    }

    private ColumnInfo read(long oid, Row row) {
        int number = (int) row.number("number");
        return new ColumnInfo(
                Identifier.of(row.text("name")),
                number,
                row.text("type"),
                row.optionalText("collation"),
                row.isTrue("not_null"),
                row.optionalText("default_value"),
                row.isTrue("volatile_default"),
                row.text("identity"),
                row.isTrue("generated"),
                row.isTrue("partition_key"),
                row.optionalText("statistics_target").map(Integer::valueOf),
                row.optionalText("storage"),
                row.optionalText("compression"),
                row.texts("options"),
                grants(oid, number),
                row.optionalText("comment"),
                row.optionalText("sequence").map(this::sequence));
    }

    private List<ColumnGrant> grants(long oid, int number) {
        String sql =
                """
                SELECT x.privilege_type AS privilege, x.is_grantable AS grantable,
                       CASE WHEN x.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x.grantee)) END AS grantee
                  FROM pg_attribute a CROSS JOIN LATERAL aclexplode(a.attacl) AS x
                 WHERE a.attrelid = ? AND a.attnum = ? ORDER BY 3, 1
                """;
        return session.query(sql, oid, number).stream()
                .map(row -> new ColumnGrant(row.text("privilege"), row.text("grantee"), row.isTrue("grantable")))
                .toList();
    }

    private SequenceInfo sequence(String sequence) {
        String sql =
                """
                SELECT n.nspname AS schema, c.relname AS name, format_type(s.seqtypid, NULL) AS type, s.seqstart, s.seqincrement,
                       s.seqmin, s.seqmax, s.seqcache, s.seqcycle, obj_description(c.oid, 'pg_class') AS comment,
                       s.seqmax = CASE s.seqtypid WHEN 'int2'::regtype THEN 32767 WHEN 'int4'::regtype THEN 2147483647
                                                  ELSE 9223372036854775807 END AS max_of_type,
                       ARRAY(SELECT pg_describe_object(d.classid, d.objid, 0) FROM pg_depend d JOIN pg_attrdef a ON a.oid = d.objid
                              WHERE d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass
                                AND d.refobjid = s.seqrelid AND NOT EXISTS (
                                    SELECT FROM pg_depend o WHERE o.classid = 'pg_class'::regclass AND o.objid = s.seqrelid
                                       AND o.refclassid = 'pg_class'::regclass AND o.refobjid = a.adrelid
                                       AND o.refobjsubid = a.adnum)
                              ORDER BY 1) AS used_by
                  FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE s.seqrelid = ?::regclass
                """;
        Row row = session.query(sql, sequence).get(0);
        return new SequenceInfo(
                new QualifiedName(Identifier.of(row.text("schema")), Identifier.of(row.text("name"))),
                row.text("type"),
                row.number("seqstart"),
                row.number("seqincrement"),
                row.number("seqmin"),
                row.number("seqmax"),
                row.isTrue("max_of_type"),
                row.number("seqcache"),
                row.isTrue("seqcycle"),
                sequenceGrants(sequence),
                row.optionalText("comment"),
                row.texts("used_by"));
    }

    private List<ColumnGrant> sequenceGrants(String sequence) {
        String sql =
                """
                SELECT x.privilege_type AS privilege, x.is_grantable AS grantable,
                       CASE WHEN x.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x.grantee)) END AS grantee
                  FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) AS x
                 WHERE c.oid = ?::regclass AND x.grantee <> c.relowner ORDER BY 3, 1
                """;
        return session.query(sql, sequence).stream()
                .map(row -> new ColumnGrant(row.text("privilege"), row.text("grantee"), row.isTrue("grantable")))
                .toList();
    }
}
