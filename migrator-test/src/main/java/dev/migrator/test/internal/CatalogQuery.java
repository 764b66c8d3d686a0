package dev.migrator.test.internal;

import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A query over the catalogs of the chosen schemas, the relation {@code chosen (oid, nspname, nspowner, nspacl)}.
 *
 * <p>Its text may use: {@code {role OID}} the name of a role; {@code {acl ACL TYPE OWNER}} what an ACL grants, the default
 * of that type where there is none; {@code {comment CATALOG OID}}; {@code {own CATALOG OID}} true unless the object belongs
 * to an extension; {@code {since MAJOR: EXPRESSION}} NULL on older servers.
 *
 * @param since the oldest major version that has these catalogs
 * @param template the query
 */
record CatalogQuery(int since, String template) {

    private static final String WITH =
            """
            WITH chosen AS (
                SELECT oid, nspname, nspowner, nspacl FROM pg_namespace
                WHERE (nspname = ANY (?) OR cardinality(?::text[]) = 0 AND nspname !~ '^(pg_|information_schema$)')
                  AND nspname <> ALL (?)),
            roles AS (
                SELECT 0::oid AS oid, 'PUBLIC' AS name
                UNION ALL
                SELECT r.oid, CASE WHEN r.oid = d.datdba THEN '<database owner>' ELSE rolname END
                FROM pg_roles r, pg_database d WHERE d.datname = current_database())
            """;

    private static final String ACL =
            """
            (SELECT string_agg(one.granted, ' ' ORDER BY one.granted) FROM (
                SELECT format('%%s=%%s/%%s', grantee.name, string_agg(
                    privilege_type || CASE WHEN is_grantable THEN '*' ELSE '' END, ',' ORDER BY privilege_type), grantor.name)
                    AS granted
                FROM aclexplode(coalesce(%s, acldefault('%s', %s))) x
                JOIN roles grantee ON grantee.oid = x.grantee JOIN roles grantor ON grantor.oid = x.grantor
                GROUP BY grantee.name, grantor.name) one)""";

    private static final Pattern SINCE = Pattern.compile("\\{since (\\d+): ([^{}]+)}");
    private static final Pattern TOKEN =
            Pattern.compile("\\{(role|acl|comment|own) ([^{} ]+)(?: ([^{} ]+))?(?: ([^{} ]+))?}");

    CatalogQuery(String template) {
        this(0, template);
    }

    /** The query for a server of that version; its three parameters: the schemas, the schemas, the ones to leave out. */
    String sql(int major) {
        String sql = SINCE.matcher(template)
                .replaceAll(m -> Matcher.quoteReplacement(Integer.parseInt(m.group(1)) <= major ? m.group(2) : "NULL"));
        return WITH + TOKEN.matcher(sql).replaceAll(m -> Matcher.quoteReplacement(expand(m)));
    }

    private static String expand(MatchResult token) {
        String first = token.group(2);
        return switch (token.group(1)) {
            case "role" -> "(SELECT name FROM roles WHERE roles.oid = %s)".formatted(first);
            case "acl" -> ACL.formatted(first, token.group(3), token.group(4));
            case "comment" -> "obj_description(%s, '%s')".formatted(token.group(3), first);
            default ->
                """
                NOT EXISTS (SELECT FROM pg_depend member WHERE member.classid = '%s'::regclass AND member.objid = %s
                            AND member.deptype = 'e')"""
                        .formatted(first, token.group(3));
        };
    }
}
