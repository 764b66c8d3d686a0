package dev.migrator.test.internal;

import java.util.List;

/** What belongs to the database as a whole and changes what its schemas do. */
final class DatabaseQueries {

    private static final CatalogQuery DEFAULT_PRIVILEGES = new CatalogQuery(
            """
            SELECT format('default privileges of %s in %s on %s', {role d.defaclrole}, coalesce(nspname, 'all schemas'),
                          CASE d.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions'
                                               WHEN 'T' THEN 'types' WHEN 'n' THEN 'schemas'
                                               ELSE d.defaclobjtype::text END),
                   {acl d.defaclacl r d.defaclrole} AS privileges
            FROM pg_default_acl d LEFT JOIN chosen n ON n.oid = d.defaclnamespace
            WHERE d.defaclnamespace = 0 OR n.oid IS NOT NULL
            """);

    private static final CatalogQuery EXTENSIONS = new CatalogQuery(
            """
            SELECT format('extension %I', extname), extversion AS version, extnamespace::regnamespace::text AS schema
            FROM pg_extension
            """);

    private static final CatalogQuery EVENT_TRIGGERS = new CatalogQuery(
            """
            SELECT format('event trigger %I', evtname), evtevent AS event, evtfoid::regprocedure::text AS function,
                   array_to_string(evttags, ', ') AS tags, nullif(evtenabled, 'O') AS enabled, {role evtowner} AS owner,
                   {comment pg_event_trigger e.oid} AS comment
            FROM pg_event_trigger e WHERE {own pg_event_trigger e.oid}
            """);

    private static final CatalogQuery SETTINGS = new CatalogQuery(
            """
            SELECT format('settings of %s', coalesce({role nullif(setrole,0)}, 'everybody')),
                   (SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(setconfig) o) AS settings
            FROM pg_db_role_setting
            WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
            """);

    static final List<CatalogQuery> ALL = List.of(DEFAULT_PRIVILEGES, EXTENSIONS, EVENT_TRIGGERS, SETTINGS);

    private DatabaseQueries() {}
}
