package dev.migrator.test.internal;

import java.util.List;

/** Functions, types, and the rarer kinds of objects that live in schemas. */
final class CodeQueries {

    private static final CatalogQuery FUNCTIONS = new CatalogQuery(
            """
            SELECT format('%s %I.%I(%s)', CASE p.prokind WHEN 'a' THEN 'aggregate' WHEN 'p' THEN 'procedure'
                                                         ELSE 'function' END,
                          nspname, p.proname, pg_get_function_identity_arguments(p.oid)),
                   CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) END AS definition,
                   (SELECT format('%s %s', aggtranstype::regtype, to_jsonb(a) - '{aggfnoid,aggtranstype,aggmtranstype}'::text[])
                    FROM pg_aggregate a WHERE a.aggfnoid = p.oid) AS aggregate,
                   {role p.proowner} AS owner, {acl p.proacl f p.proowner} AS privileges,
                   {comment pg_proc p.oid} AS comment
            FROM pg_proc p JOIN chosen n ON n.oid = p.pronamespace
            WHERE {own pg_proc p.oid}
              AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid
                              AND d.deptype = 'i')
            """);

    // Not the row types of tables, the arrays, and the multiranges: the server makes them together with their maker.
    private static final CatalogQuery TYPES = new CatalogQuery(
            """
            SELECT format('type %I.%I', nspname, t.typname),
                   CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'c' THEN 'composite'
                                  WHEN 'r' THEN 'range' ELSE 'base' END AS kind,
                   (SELECT string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder) FROM pg_enum
                    WHERE enumtypid = t.oid) AS labels,
                   CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END AS "of type",
                   t.typnotnull AS "not null", t.typdefault AS default,
                   CASE WHEN t.typtype = 'd' AND t.typcollation <> (SELECT typcollation FROM pg_type b
                                                                     WHERE b.oid = t.typbasetype)
                        THEN (SELECT collname FROM pg_collation o WHERE o.oid = t.typcollation) END AS collation,
                   (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
                    WHERE attrelid = t.typrelid AND attnum > 0 AND NOT attisdropped) AS attributes,
                   (SELECT format('%s %s %s %s', rngsubtype::regtype, opcname, rngcanonical, rngsubdiff)
                    FROM pg_range JOIN pg_opclass o ON o.oid = rngsubopc WHERE rngtypid = t.oid) AS "range of",
                   CASE WHEN t.typtype = 'b' THEN format('%s %s %s %s', typinput, typoutput, typlen, typalign) END
                       AS functions,
                   {role t.typowner} AS owner, {acl t.typacl T t.typowner} AS privileges,
                   {comment pg_type t.oid} AS comment
            FROM pg_type t JOIN chosen n ON n.oid = t.typnamespace
            WHERE t.typtype IN ('e', 'd', 'r', 'b', 'c') AND {own pg_type t.oid}
              AND NOT EXISTS (SELECT FROM pg_type element WHERE element.typarray = t.oid)
              AND (t.typrelid = 0 OR EXISTS (SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c'))
            """);

    private static final CatalogQuery OTHERS = new CatalogQuery(
            """
            SELECT format('%s %s', o.type, o.identity), {role x.owner} AS owner,
                   obj_description(x.oid, x.catalog::text) AS comment
            FROM (SELECT 'pg_operator'::regclass AS catalog, oid, oprnamespace AS schema, oprowner AS owner FROM pg_operator
                  UNION ALL SELECT 'pg_opclass'::regclass, oid, opcnamespace, opcowner FROM pg_opclass
                  UNION ALL SELECT 'pg_opfamily'::regclass, oid, opfnamespace, opfowner FROM pg_opfamily
                  UNION ALL SELECT 'pg_collation'::regclass, oid, collnamespace, collowner FROM pg_collation
                  UNION ALL SELECT 'pg_conversion'::regclass, oid, connamespace, conowner FROM pg_conversion
                  UNION ALL SELECT 'pg_ts_config'::regclass, oid, cfgnamespace, cfgowner FROM pg_ts_config
                  UNION ALL SELECT 'pg_ts_dict'::regclass, oid, dictnamespace, dictowner FROM pg_ts_dict) x
            JOIN chosen n ON n.oid = x.schema
            CROSS JOIN LATERAL pg_identify_object(x.catalog, x.oid, 0) o
            WHERE NOT EXISTS (SELECT FROM pg_depend m WHERE m.classid = x.catalog AND m.objid = x.oid AND m.deptype = 'e')
            """);

    static final List<CatalogQuery> ALL = List.of(FUNCTIONS, TYPES, OTHERS);

    private CodeQueries() {}
}
