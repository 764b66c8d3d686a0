package dev.migrator.pg.internal.catalog;

import dev.migrator.Identifier;
import dev.migrator.QualifiedName;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.Session;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads tables from the catalog. The session's {@code search_path} must be empty, so that the server qualifies every name in
 * the definitions that it prints.
 */
public final class Catalog {
    private final Session session;

    /** Makes a reader over a session. */
    public Catalog(Session session) {
        this.session = session;
    }

    /** Reads a table, a view or whatever has that name; empty if there is none. */
    public Optional<TableInfo> table(QualifiedName name) {
        return new PrintSettings(session).during(() -> find(name));
    }

    private Optional<TableInfo> find(QualifiedName name) {
        List<Row> found = session.query(
                """
                SELECT c.oid::bigint AS oid, c.relkind::text AS kind,
                       pg_has_role(c.relowner, 'USAGE') AS owned, pg_get_userbyid(c.relowner) AS owner,
                       c.relispartition OR c.relkind <> 'p' AND EXISTS (
                         SELECT FROM pg_inherits i WHERE c.oid IN (i.inhrelid, i.inhparent)) AS inherits,
                       c.relforcerowsecurity AND c.relrowsecurity AND NOT EXISTS (
                         SELECT FROM pg_roles WHERE rolname = current_user AND (rolbypassrls OR rolsuper)) AS forced,
                       CASE c.relkind WHEN 'p' THEN leaves.rows ELSE greatest(c.reltuples, 0) END::bigint AS rows,
                       CASE WHEN c.relkind IN ('r', 'm', 't') THEN pg_total_relation_size(c.oid) ELSE leaves.bytes END AS bytes
                  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                 CROSS JOIN LATERAL (
                       SELECT coalesce(sum(greatest(leaf.reltuples, 0)), 0) AS rows,
                              coalesce(sum(pg_total_relation_size(leaf.oid)), 0) AS bytes
                         FROM pg_partition_tree(c.oid) AS p JOIN pg_class leaf ON leaf.oid = p.relid
                        WHERE c.relkind = 'p' AND leaf.relkind = 'r') AS leaves
                 WHERE n.nspname = ? AND c.relname = ?
                """,
                name.schema().value(),
                name.name().value());
        return found.stream().findFirst().map(row -> read(name, row));
    }

    private TableInfo read(QualifiedName name, Row row) {
        long oid = row.number("oid");
        return new TableInfo(
                name,
                oid,
                row.text("kind"),
                row.isTrue("owned"),
                row.text("owner"),
                row.isTrue("inherits"),
                row.isTrue("forced"),
                row.number("rows"),
                row.number("bytes"),
                new Columns(session).of(oid),
                indexes(oid),
                constraints(oid),
                referencedBy(oid),
                triggers(oid),
                statistics(oid),
                dependents(oid),
                publications(oid),
                new Surroundings(session).functions(name, oid),
                new Surroundings(session).obstacles(oid),
                new PartitionTree(session).below(oid));
    }

    private List<IndexInfo> indexes(long oid) {
        String sql =
                """
                SELECT c.relname AS name, i.indisunique AS is_unique,
                       substr(pg_get_indexdef(i.indexrelid), 1 + length(format('CREATE %sINDEX %I ON %s%I.%I ',
                         CASE WHEN i.indisunique THEN 'UNIQUE ' END, c.relname, CASE t.relkind WHEN 'p' THEN 'ONLY ' END,
                         n.nspname, t.relname))) AS usage,
                       i.indisvalid AND i.indisready AS valid, i.indisclustered AS clustered, i.indisreplident AS replident,
                       coalesce(k.contype::text, '') AS constraint_type, s.spcname AS tablespace,
                       coalesce(has_tablespace_privilege(nullif(c.reltablespace, 0), 'CREATE'), true) AS may_build,
                       obj_description(i.indexrelid, 'pg_class') AS comment,
                       ARRAY(SELECT a.attnum || ' ' || a.attstattarget FROM pg_attribute a
                              WHERE a.attrelid = i.indexrelid AND a.attstattarget >= 0 ORDER BY a.attnum) AS targets,
                       ARRAY(SELECT u::text FROM (
                               SELECT unnest(i.indkey::int2[])::int AS u
                               UNION SELECT d.refobjsubid FROM pg_depend d
                                      WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid
                                        AND d.refclassid = 'pg_class'::regclass AND d.refobjid = i.indrelid) s
                              WHERE u > 0 ORDER BY u) AS columns
                  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
                  JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
                  LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.conrelid = i.indrelid
                        AND k.contype IN ('p', 'u', 'x')
                  -- in the database's own one only where CREATE INDEX would put an index elsewhere
                  LEFT JOIN pg_tablespace s ON s.oid = CASE
                        WHEN c.reltablespace <> 0 THEN c.reltablespace
                        WHEN current_setting('default_tablespace') <> ''
                          THEN (SELECT dattablespace FROM pg_database WHERE datname = current_database()) END
                 WHERE i.indrelid = ? ORDER BY c.relname
                """;
        return session.query(sql, oid).stream()
                .map(row -> new IndexInfo(
                        Identifier.of(row.text("name")),
                        row.text("usage"),
                        numbers(row.texts("columns")),
                        row.isTrue("is_unique"),
                        row.isTrue("valid"),
                        row.text("constraint_type"),
                        row.optionalText("tablespace")
                                .map(Identifier::of)
                                .map(space -> new IndexInfo.Place(space, row.isTrue("may_build"))),
                        row.isTrue("clustered"),
                        row.isTrue("replident"),
                        row.texts("targets").stream().map(IndexInfo.Target::of).toList(),
                        row.optionalText("comment")))
                .toList();
    }

    private List<ConstraintInfo> constraints(long oid) {
        String cleared = session.connectionVersion() >= 15
                ? "ARRAY(SELECT u::text FROM unnest(k.confdelsetcols) WITH ORDINALITY AS x(u, o) ORDER BY o)"
                : "'{}'::text[]";
        String sql =
                """
                SELECT k.conname AS name, k.contype::text AS type, pg_get_constraintdef(k.oid) AS definition,
                       ARRAY(SELECT u::text FROM unnest(k.conkey) WITH ORDINALITY AS x(u, o) ORDER BY o) AS columns,
                       %s AS cleared, k.convalidated AS validated, k.condeferrable AS is_deferrable, k.condeferred AS deferred,
                       n.nspname AS other_schema, c.relname AS other, obj_description(k.oid, 'pg_constraint') AS comment
                  FROM pg_constraint k
                  LEFT JOIN pg_class c ON c.oid = nullif(k.confrelid, 0)
                  LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE k.conrelid = ? AND k.contype <> 't' ORDER BY k.conname
                """
                        .formatted(cleared);
        return session.query(sql, oid).stream()
                .map(row -> new ConstraintInfo(
                        Identifier.of(row.text("name")),
                        row.text("type"),
                        row.text("definition"),
                        row.texts("columns").stream().map(Integer::valueOf).toList(),
                        row.texts("cleared").stream().map(Integer::valueOf).toList(),
                        row.isTrue("validated"),
                        row.isTrue("is_deferrable"),
                        row.isTrue("deferred"),
                        row.optionalText("other")
                                .map(other -> new QualifiedName(
                                        Identifier.of(row.text("other_schema")), Identifier.of(other))),
                        row.optionalText("comment")))
                .toList();
    }

    private List<TableInfo.Reference> referencedBy(long oid) {
        String sql =
                """
                SELECT format('foreign key %I of table %s', k.conname, k.conrelid::regclass) AS description,
                       ARRAY(SELECT u::text FROM unnest(k.confkey) AS u) AS columns, k.conrelid = k.confrelid AS own
                  FROM pg_constraint k WHERE k.confrelid = ? AND k.contype = 'f'
                 ORDER BY 1
                """;
        return session.query(sql, oid).stream()
                .map(row -> new TableInfo.Reference(
                        row.text("description"),
                        row.texts("columns").stream().map(Integer::valueOf).toList(),
                        row.isTrue("own")))
                .toList();
    }

    private List<TriggerInfo> triggers(long oid) {
        // tgtype: bit 0 row, bit 1 before, bit 2 insert, bit 4 update (src/include/catalog/pg_trigger.h)
        String sql =
                """
                SELECT t.tgname AS name, pg_get_triggerdef(t.oid) AS definition, t.tgenabled::text AS enabled,
                       (t.tgtype & 1) = 1 AND (t.tgtype & 2) = 2 AND (t.tgtype & 20) <> 0 AS before_row,
                       (t.tgtype & 16) = 16 AS on_update, (t.tgtype & 1) = 1 AS each_row, t.tgqual IS NOT NULL AS conditional,
                       ARRAY(SELECT u::text FROM unnest(t.tgattr::int2[]) AS u) AS of_columns,
                       t.tgfoid::regprocedure::text AS function, p.prosrc AS source,
                       replace(encode(t.tgargs, 'escape'), '\\000', ' ') AS arguments,
                       ARRAY(SELECT x::text FROM unnest(ARRAY[t.tgoldtable, t.tgnewtable]) AS x WHERE x IS NOT NULL) AS transition,
                       obj_description(t.oid, 'pg_trigger') AS comment
                  FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
                 WHERE t.tgrelid = ? AND NOT t.tgisinternal ORDER BY t.tgname
                """;
        return session.query(sql, oid).stream()
                .map(row -> new TriggerInfo(
                        Identifier.of(row.text("name")),
                        row.text("definition"),
                        row.text("enabled"),
                        row.isTrue("before_row"),
                        row.isTrue("on_update"),
                        row.isTrue("each_row"),
                        row.isTrue("conditional"),
                        numbers(row.texts("of_columns")),
                        row.text("function"),
                        row.text("source"),
                        row.text("arguments"),
                        row.texts("transition"),
                        row.optionalText("comment")))
                .toList();
    }

    private List<StatisticsInfo> statistics(long oid) {
        String sql =
                """
                SELECT n.nspname AS schema, s.stxname AS name,
                       left(substr(pg_get_statisticsobjdef(s.oid), 1 + length(format('CREATE STATISTICS %I.%I ', n.nspname, s.stxname))),
                         -length(' FROM ' || s.stxrelid::regclass::text)) AS usage,
                       obj_description(s.oid, 'pg_statistic_ext') AS comment,
                       nullif(s.stxstattarget, -1)::int AS target,
                       ARRAY(SELECT DISTINCT d.refobjsubid::text FROM pg_depend d
                              WHERE d.classid = 'pg_statistic_ext'::regclass AND d.objid = s.oid
                                AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0) AS columns
                  FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace
                 WHERE s.stxrelid = ? ORDER BY 1, 2
                """;
        return session.query(sql, oid).stream()
                .map(row -> new StatisticsInfo(
                        new QualifiedName(Identifier.of(row.text("schema")), Identifier.of(row.text("name"))),
                        row.text("usage"),
                        numbers(row.texts("columns")),
                        row.optionalText("target").map(Integer::valueOf),
                        row.optionalText("comment")))
                .toList();
    }

    private List<Dependent> dependents(long oid) {
        String sql =
                """
                SELECT DISTINCT d.refobjsubid AS number, CASE
                         WHEN d.classid = 'pg_rewrite'::regclass THEN
                           (SELECT CASE WHEN r.rulename = '_RETURN' THEN pg_describe_object('pg_class'::regclass, r.ev_class, 0)
                                   ELSE pg_describe_object(d.classid, d.objid, d.objsubid) END
                              FROM pg_rewrite r WHERE r.oid = d.objid)
                         WHEN d.classid = 'pg_attrdef'::regclass THEN
                           (SELECT 'generated column ' || quote_ident(c.attname) FROM pg_attrdef a
                              JOIN pg_attribute c ON c.attrelid = a.adrelid AND c.attnum = a.adnum WHERE a.oid = d.objid)
                         WHEN d.classid = 'pg_class'::regclass THEN
                           (SELECT 'generated column ' || quote_ident(c.attname) FROM pg_attribute c
                             WHERE c.attrelid = d.objid AND c.attnum = d.objsubid)
                         ELSE pg_describe_object(d.classid, d.objid, d.objsubid) END AS description
                  FROM pg_depend d
                 WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = ? AND d.refobjsubid > 0
                   AND (d.classid IN ('pg_rewrite'::regclass, 'pg_policy'::regclass, 'pg_proc'::regclass)
                        OR d.classid = 'pg_publication_rel'::regclass
                        OR d.classid = 'pg_attrdef'::regclass AND EXISTS (
                             SELECT FROM pg_attrdef a JOIN pg_attribute c ON c.attrelid = a.adrelid AND c.attnum = a.adnum
                              WHERE a.oid = d.objid AND c.attgenerated <> '' AND a.adnum <> d.refobjsubid)
                        -- Before 15 it is the generated column itself that depends, not its expression.
                        OR d.classid = 'pg_class'::regclass AND d.objid = d.refobjid AND d.objsubid <> d.refobjsubid AND EXISTS (
                             SELECT FROM pg_attribute c
                              WHERE c.attrelid = d.objid AND c.attnum = d.objsubid AND c.attgenerated <> '')
                        OR d.classid = 'pg_trigger'::regclass AND EXISTS (
                             SELECT FROM pg_trigger t WHERE t.oid = d.objid AND t.tgqual IS NOT NULL))
                 ORDER BY 1, 2
                """;
        return session.query(sql, oid).stream()
                .map(row -> new Dependent((int) row.number("number"), row.text("description")))
                .toList();
    }

    private List<String> publications(long oid) {
        boolean lists = session.connectionVersion() >= 15;
        String columnLists = lists ? "r.prattrs IS NULL" : "true";
        String schemas = lists
                ? "EXISTS (SELECT FROM pg_publication_namespace s WHERE s.pnpubid = p.oid AND s.pnnspid IN ("
                        + "SELECT c.relnamespace FROM tree t JOIN pg_class c ON c.oid = t.oid))"
                : "false";
        String sql =
                """
                WITH RECURSIVE %s SELECT p.pubname AS name FROM pg_publication p
                 WHERE p.puballtables OR %s OR EXISTS (
                       SELECT FROM pg_publication_rel r WHERE r.prpubid = p.oid AND r.prrelid IN (SELECT oid FROM tree) AND %s)
                 ORDER BY 1
                """
                        .formatted(PartitionTree.TREE, schemas, columnLists);
        return session.query(sql, oid).stream().map(row -> row.text("name")).toList();
    }

    private static Set<Integer> numbers(List<String> texts) {
        Set<Integer> numbers = new HashSet<>();
        texts.forEach(text -> numbers.add(Integer.valueOf(text)));
        numbers.remove(0);
        return numbers;
    }
}
