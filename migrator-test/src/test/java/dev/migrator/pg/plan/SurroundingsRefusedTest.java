package dev.migrator.pg.plan;

import static dev.migrator.pg.plan.Refusal.ADD;
import static dev.migrator.pg.plan.Refusal.ADD_DEFAULT;
import static dev.migrator.pg.plan.Refusal.ADD_UP;
import static dev.migrator.pg.plan.Refusal.DROP;
import static dev.migrator.pg.plan.Refusal.DROP_DOWN;
import static dev.migrator.pg.plan.Refusal.FILL;
import static dev.migrator.pg.plan.Refusal.INDEX;
import static dev.migrator.pg.plan.Refusal.MERGE;
import static dev.migrator.pg.plan.Refusal.RENAME;
import static dev.migrator.pg.plan.Refusal.REPLACING;
import static dev.migrator.pg.plan.Refusal.RETYPE_TO;
import static dev.migrator.pg.plan.Refusal.SPLIT;
import static dev.migrator.pg.plan.Refusal.and;
import static dev.migrator.pg.plan.Refusal.refused;

import dev.migrator.pg.Databases;
import dev.migrator.test.TestDatabase;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What surrounds a table and can't be carried along is refused before EXPAND, whichever operation would lose it, with what to do. */
class SurroundingsRefusedTest {
    private static final String TABLE = "CREATE TABLE users (id int PRIMARY KEY, name text, n int, at daterange)";
    private static final String AUDIT =
            "CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN %s; RETURN NULL; END$$";

    private TestDatabase database;

    @BeforeEach
    void createDatabase() {
        database = Databases.withStateTables();
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    static Stream<Refusal> things() {
        List<String> columns = and(REPLACING, DROP, DROP_DOWN, ADD, ADD_DEFAULT, ADD_UP);
        List<String> leaving = and(REPLACING, DROP, DROP_DOWN);
        return Stream.of(
                refused(
                        "a typed table",
                        columns,
                        "is a table of the type public.person",
                        "NOT OF",
                        "CREATE TYPE person AS (id int, name text, n int)",
                        "CREATE TABLE users OF person"),
                refused(
                        "a published table",
                        columns,
                        "published by news without a column list",
                        "list of columns",
                        TABLE,
                        "CREATE PUBLICATION news FOR TABLE users"),
                refused(
                        "a published schema",
                        columns,
                        "published by news without a column list",
                        "list of columns",
                        TABLE,
                        "superuser: CREATE PUBLICATION news FOR TABLES IN SCHEMA public"),
                refused(
                        "a published database",
                        columns,
                        "published by news without a column list",
                        "list of columns",
                        TABLE,
                        "superuser: CREATE PUBLICATION news FOR ALL TABLES"),
                refused(
                        "a published list with the column",
                        leaving,
                        "depends on \"public\".\"users\".\"name\"",
                        "Drop it",
                        TABLE,
                        "CREATE PUBLICATION news FOR TABLE users (id, name)"),
                refused(
                        "a published filter over the column",
                        leaving,
                        "depends on \"public\".\"users\".\"name\"",
                        "Drop it",
                        TABLE,
                        "CREATE PUBLICATION news FOR TABLE users (id) WHERE (name <> '')"),
                refused(
                        "rows in another table",
                        and(REPLACING, ADD_DEFAULT, ADD_UP),
                        "column old of table public.archive holds rows of",
                        "a type of its own",
                        TABLE,
                        "CREATE DOMAIN many AS users[]",
                        "CREATE TYPE crate AS (at date, them many)",
                        "CREATE TABLE archive (at date, old crate)"),
                refused(
                        "a rule for UPDATE",
                        and(REPLACING, ADD_UP, FILL),
                        "rule quiet on table public.users makes something else of an UPDATE",
                        "DISABLE RULE",
                        TABLE,
                        "CREATE RULE quiet AS ON UPDATE TO users WHERE OLD.id = 1 DO INSTEAD NOTHING"),
                refused(
                        "a rule over the column",
                        leaving,
                        "rule log on table public.users depends on",
                        "Drop it",
                        TABLE,
                        "CREATE RULE log AS ON INSERT TO users DO ALSO NOTIFY \"x\"",
                        "CREATE OR REPLACE RULE log AS ON DELETE TO users WHERE OLD.name = '' DO INSTEAD NOTHING"),
                refused(
                        "FORCE ROW LEVEL SECURITY",
                        and(REPLACING, ADD_UP, FILL),
                        "FORCE ROW LEVEL SECURITY",
                        "BYPASSRLS",
                        TABLE,
                        "ALTER TABLE users ENABLE ROW LEVEL SECURITY",
                        "ALTER TABLE users FORCE ROW LEVEL SECURITY"),
                refused(
                        "a policy's check of the column",
                        leaving,
                        "policy own on table public.users depends on",
                        "Drop it",
                        TABLE,
                        "CREATE POLICY own ON users FOR INSERT WITH CHECK (name = current_user)"),
                refused(
                        "the replica identity",
                        leaving,
                        "index \"key\" is the replica identity",
                        "REPLICA IDENTITY FULL",
                        "CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL DEFAULT '', n int)",
                        "CREATE UNIQUE INDEX key ON users (name)",
                        "ALTER TABLE users REPLICA IDENTITY USING INDEX key"),
                refused(
                        "a materialized view over all columns",
                        leaving,
                        "materialized view public.everything depends on",
                        "Drop it",
                        TABLE,
                        "CREATE MATERIALIZED VIEW everything AS SELECT * FROM users"),
                refused(
                        "a function of the SQL standard's kind",
                        leaving,
                        "function public.names() depends on",
                        "Drop it",
                        TABLE,
                        "CREATE FUNCTION names() RETURNS SETOF text BEGIN ATOMIC SELECT name FROM users; END"),
                refused(
                        "a trigger's condition",
                        leaving,
                        "trigger audit on table public.users depends on",
                        "Drop it",
                        TABLE,
                        AUDIT.formatted("PERFORM 1"),
                        "CREATE TRIGGER audit AFTER UPDATE ON users FOR EACH ROW WHEN (NEW.name <> '')"
                                + " EXECUTE FUNCTION audit()"),
                refused(
                        "a trigger that is given the column's name",
                        List.of(RENAME, RETYPE_TO, SPLIT, MERGE, DROP, DROP_DOWN),
                        "trigger \"search\"'s function tsvector_update_trigger() is given the name \"name\"",
                        "Change the trigger",
                        "CREATE TABLE users (id int PRIMARY KEY, name text, n int, words tsvector)",
                        "CREATE TRIGGER search BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION"
                                + " tsvector_update_trigger(words, 'pg_catalog.english', name)"),
                refused(
                        "a view",
                        List.of(RENAME, DROP, ADD, FILL, INDEX),
                        "\"users\" is a view",
                        "Name the table under it",
                        "CREATE TABLE people (id int, name text, n int)",
                        "CREATE VIEW users AS SELECT * FROM people"),
                refused(
                        "a leaf of a partitioned table",
                        List.of(RENAME, DROP, ADD, FILL, INDEX),
                        "\"users\" is a partition of public.top",
                        "Change public.top instead",
                        "CREATE TABLE top (id int, name text, n int) PARTITION BY LIST (id)",
                        "CREATE TABLE middle PARTITION OF top FOR VALUES IN (1, 2) PARTITION BY LIST (id)",
                        "CREATE TABLE users PARTITION OF middle FOR VALUES IN (1)"),
                refused(
                        "a partitioned partition",
                        List.of(RENAME, DROP, ADD, FILL, INDEX),
                        "\"users\" is a partition of public.top",
                        "Change public.top instead",
                        "CREATE TABLE top (id int, name text, n int) PARTITION BY LIST (id)",
                        "CREATE TABLE users PARTITION OF top FOR VALUES IN (1, 2) PARTITION BY LIST (id)"),
                refused(
                        "a foreign table",
                        List.of(RENAME, DROP, ADD, FILL, INDEX),
                        "\"users\" is a foreign table",
                        "ordinary and partitioned tables",
                        "superuser: CREATE FOREIGN DATA WRAPPER nothing",
                        "superuser: CREATE SERVER nowhere FOREIGN DATA WRAPPER nothing",
                        "superuser: GRANT USAGE ON FOREIGN SERVER nowhere TO PUBLIC",
                        "CREATE FOREIGN TABLE users (id int, name text, n int) SERVER nowhere"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("things")
    void whatCannotBeCarriedIsRefused(Refusal refusal) {
        refusal.assertRefused(database);
    }
}
