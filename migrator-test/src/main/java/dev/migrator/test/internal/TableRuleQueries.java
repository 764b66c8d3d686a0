package dev.migrator.test.internal;

import java.util.List;

/** What is attached to tables: constraints, triggers, rules, policies, extended statistics, publications. */
final class TableRuleQueries {

    private static final CatalogQuery CONSTRAINTS = new CatalogQuery(
            """
            SELECT format('constraint %I on %s', c.conname,
                          CASE WHEN c.conrelid <> 0 THEN c.conrelid::regclass::text ELSE c.contypid::regtype::text END),
                   pg_get_constraintdef(c.oid) AS definition,
                   NOT c.convalidated AS "not valid", c.condeferrable AS deferrable, c.condeferred AS deferred,
                   NOT c.conislocal AS "inherited only", nullif(c.coninhcount, 0) AS parents,
                   c.connoinherit AS "not inherited",
                   (SELECT conname FROM pg_constraint WHERE oid = c.conparentid) AS parent,
                   CASE WHEN c.conindid <> 0 THEN c.conindid::regclass::text END AS index,
                   -- Of a foreign key, DISABLE TRIGGER ALL turns off these.
                   nullif((SELECT string_agg(DISTINCT tgenabled::text, ',') FROM pg_trigger
                           WHERE tgconstraint = c.oid AND tgisinternal), 'O') AS triggers,
                   {comment pg_constraint c.oid} AS comment
            FROM pg_constraint c JOIN chosen n ON n.oid = c.connamespace
            WHERE {own pg_class c.conrelid} AND {own pg_type c.contypid}
            """);

    private static final CatalogQuery TRIGGERS = new CatalogQuery(
            """
            SELECT format('trigger %I on %s', t.tgname, t.tgrelid::regclass),
                   pg_get_triggerdef(t.oid) AS definition,
                   CASE t.tgenabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' END AS enabled,
                   t.tgparentid <> 0 AS "from the parent",
                   {comment pg_trigger t.oid} AS comment
            FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN chosen n ON n.oid = c.relnamespace
            WHERE NOT t.tgisinternal AND {own pg_trigger t.oid}
            """);

    private static final CatalogQuery RULES = new CatalogQuery(
            """
            SELECT format('rule %I on %s', r.rulename, r.ev_class::regclass),
                   pg_get_ruledef(r.oid) AS definition,
                   CASE r.ev_enabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' END AS enabled,
                   {comment pg_rewrite r.oid} AS comment
            FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN chosen n ON n.oid = c.relnamespace
            WHERE r.rulename <> '_RETURN' AND {own pg_class c.oid}
            """);

    private static final CatalogQuery POLICIES = new CatalogQuery(
            """
            SELECT format('policy %I on %s', p.polname, p.polrelid::regclass),
                   CASE p.polcmd WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update'
                                 WHEN 'd' THEN 'delete' ELSE 'all' END AS command,
                   NOT p.polpermissive AS restrictive,
                   (SELECT string_agg(roles.name, ', ' ORDER BY roles.name) FROM roles WHERE roles.oid = ANY (p.polroles))
                       AS roles,
                   pg_get_expr(p.polqual, p.polrelid) AS using,
                   pg_get_expr(p.polwithcheck, p.polrelid) AS "with check",
                   {comment pg_policy p.oid} AS comment
            FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN chosen n ON n.oid = c.relnamespace
            """);

    private static final CatalogQuery STATISTICS = new CatalogQuery(
            """
            SELECT format('statistics %I.%I', nspname, s.stxname),
                   pg_get_statisticsobjdef(s.oid) AS definition,
                   nullif(s.stxstattarget, -1) AS "statistics target",
                   {role s.stxowner} AS owner, {comment pg_statistic_ext s.oid} AS comment
            FROM pg_statistic_ext s JOIN chosen n ON n.oid = s.stxnamespace
            """);

    private static final CatalogQuery PUBLICATIONS = new CatalogQuery(
            """
            SELECT format('publication %I', pubname), to_jsonb(p) - '{oid,pubname,pubowner}'::text[] AS options,
                   {role p.pubowner} AS owner, {comment pg_publication p.oid} AS comment
            FROM pg_publication p
            """);

    private static final CatalogQuery PUBLISHED_TABLES = new CatalogQuery(
            """
            SELECT format('publication %I of %s', pubname, prrelid::regclass),
                   {since 15: (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
                               WHERE attrelid = prrelid AND attnum = ANY (prattrs))} AS columns,
                   {since 15: pg_get_expr(prqual, prrelid)} AS where
            FROM pg_publication_rel JOIN pg_publication p ON p.oid = prpubid
            JOIN pg_class c ON c.oid = prrelid JOIN chosen n ON n.oid = c.relnamespace
            """);

    private static final CatalogQuery PUBLISHED_SCHEMAS = new CatalogQuery(
            15,
            """
            SELECT format('publication %I of schema %I', pubname, nspname), true AS published
            FROM pg_publication_namespace JOIN pg_publication p ON p.oid = pnpubid JOIN chosen n ON n.oid = pnnspid
            """);

    static final List<CatalogQuery> ALL = List.of(
            CONSTRAINTS, TRIGGERS, RULES, POLICIES, STATISTICS, PUBLICATIONS, PUBLISHED_TABLES, PUBLISHED_SCHEMAS);

    private TableRuleQueries() {}
}
