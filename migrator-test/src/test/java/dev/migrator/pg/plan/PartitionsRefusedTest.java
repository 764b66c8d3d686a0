package dev.migrator.pg.plan;

import static dev.migrator.pg.plan.Refusal.ADD;
import static dev.migrator.pg.plan.Refusal.ADD_UP;
import static dev.migrator.pg.plan.Refusal.DROP;
import static dev.migrator.pg.plan.Refusal.FILL;
import static dev.migrator.pg.plan.Refusal.INDEX;
import static dev.migrator.pg.plan.Refusal.RENAME;

import dev.migrator.pg.Databases;
import dev.migrator.test.TestDatabase;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What stands in the way of changing a partitioned table is refused before anything is changed. */
class PartitionsRefusedTest {
    private static final List<String> ALL = List.of(RENAME, ADD);

    private static TestDatabase database;

    @BeforeAll
    static void createDatabase() {
        database = Databases.withStateTables();
    }

    @AfterAll
    static void dropDatabase() {
        database.close();
    }

    @BeforeEach
    void empty() {
        database.executeAsSuperuser(
                "DROP FOREIGN DATA WRAPPER IF EXISTS nothing CASCADE",
                "DROP PUBLICATION IF EXISTS news",
                "DROP SCHEMA public CASCADE",
                "CREATE SCHEMA public AUTHORIZATION " + database.user());
    }

    /** On a table with partitions on two levels. */
    private static Refusal refused(
            String what, List<String> operations, String message, String remedy, String... schema) {
        List<String> statements = new ArrayList<>(List.of(
                "CREATE TABLE users (id int, name text, n int, day int) PARTITION BY RANGE (day)",
                "CREATE TABLE users_1 PARTITION OF users FOR VALUES FROM (0) TO (10)",
                "CREATE TABLE users_2 PARTITION OF users FOR VALUES FROM (10) TO (20) PARTITION BY LIST (id)",
                "CREATE TABLE leaf PARTITION OF users_2 DEFAULT"));
        statements.addAll(Arrays.asList(schema));
        return new Refusal(what, operations, message, remedy, statements);
    }

    private static Refusal onName(String what, String message, String remedy, String... schema) {
        return refused(what, List.of(RENAME, DROP), message, remedy, schema);
    }

    static Stream<Refusal> columns() {
        String alone = "which is of that partition alone";
        return Stream.of(
                Refusal.refused(
                        "a partition key",
                        List.of(RENAME, DROP),
                        "\"name\" says in which partition a row is",
                        "can't change a partition key",
                        "CREATE TABLE users (id int, name text, n int) PARTITION BY LIST (name)"),
                Refusal.refused(
                        "an expression as partition key",
                        List.of(RENAME, DROP),
                        "\"name\" says in which partition a row is",
                        "can't change a partition key",
                        "CREATE TABLE users (id int, name text, n int) PARTITION BY LIST (lower(name))"),
                onName(
                        "the partition key of a partition",
                        "\"name\" says in which partition a row is",
                        "can't change a partition key",
                        "CREATE TABLE deep PARTITION OF users FOR VALUES FROM (30) TO (40) PARTITION BY HASH (length(name))"),
                onName(
                        "an index of a partition",
                        "index own of public.leaf; " + alone,
                        "one of the partitioned table",
                        "CREATE INDEX own ON leaf (id) WHERE name > 'a'"),
                onName(
                        "a check of a partition",
                        "constraint own of public.leaf; " + alone,
                        "one of the partitioned table",
                        "ALTER TABLE leaf ADD CONSTRAINT own CHECK (length(name) < 90)"),
                onName(
                        "another default",
                        "another default on public.leaf.name; " + alone,
                        "one of the partitioned table",
                        "ALTER TABLE leaf ALTER name SET DEFAULT 'x'"),
                onName(
                        "NOT NULL of a partition",
                        "NOT NULL on public.leaf.name",
                        "one of the partitioned table",
                        "ALTER TABLE leaf ALTER name SET NOT NULL"),
                onName(
                        "a view on a partition",
                        "view public.v on public.leaf; " + alone,
                        "Drop it",
                        "CREATE VIEW v AS SELECT name FROM leaf"),
                onName(
                        "a policy of a partition",
                        "policy own on table public.leaf on public.leaf; " + alone,
                        "Drop it",
                        "CREATE POLICY own ON leaf USING (name > 'a')"),
                onName(
                        "statistics of a partition",
                        "statistics own of public.leaf; " + alone,
                        "Drop it",
                        "CREATE STATISTICS own ON id, name FROM leaf"),
                onName(
                        "privileges on a partition's column",
                        "a privilege on public.leaf.name; " + alone,
                        "Drop it",
                        "GRANT SELECT (name) ON leaf TO PUBLIC"),
                onName(
                        "a foreign key to a partition",
                        "foreign key own of table public.other to public.leaf, index leaf_name_key of public.leaf; "
                                + alone,
                        "Drop it",
                        "ALTER TABLE leaf ADD UNIQUE (name)",
                        "CREATE TABLE other (name text CONSTRAINT own REFERENCES leaf (name))"),
                refused(
                        "a replica identity of a partition",
                        List.of(DROP),
                        "replica identity leaf_pkey of public.leaf",
                        "Drop it",
                        "ALTER TABLE users ADD PRIMARY KEY (id, day, name)",
                        "ALTER TABLE leaf REPLICA IDENTITY USING INDEX leaf_pkey"),
                refused(
                        "an index",
                        List.of(RENAME, Refusal.RETYPE),
                        "can't copy index \"own\" for the new column",
                        "create it again after PURGE",
                        "CREATE INDEX own ON users (name)"),
                refused(
                        "a foreign key",
                        List.of(RENAME, Refusal.RETYPE),
                        "can't copy constraint \"own\" for the new column",
                        "create it again after PURGE",
                        "CREATE TABLE other (name text PRIMARY KEY)",
                        "ALTER TABLE users ADD CONSTRAINT own FOREIGN KEY (name) REFERENCES other (name)"),
                refused(
                        "NOT NULL of a partition that a rollback would take away",
                        List.of(FILL),
                        "NOT NULL on public.leaf.n",
                        "DROP NOT NULL there",
                        "ALTER TABLE leaf ALTER n SET NOT NULL"));
    }

    static Stream<Refusal> tables() {
        String index = "CREATE INDEX … ON ONLY the table";
        return Stream.of(
                refused(
                        "a partition of another role's",
                        ALL,
                        "public.leaf belongs to postgres",
                        "OWNER TO",
                        "superuser: ALTER TABLE leaf OWNER TO postgres"),
                refused(
                        "a foreign partition",
                        ALL,
                        "public.far is a foreign table",
                        "DETACH it",
                        "superuser: CREATE FOREIGN DATA WRAPPER nothing",
                        "superuser: CREATE SERVER nowhere FOREIGN DATA WRAPPER nothing",
                        "superuser: GRANT USAGE ON FOREIGN SERVER nowhere TO PUBLIC",
                        "CREATE FOREIGN TABLE far PARTITION OF users FOR VALUES FROM (20) TO (30) SERVER nowhere"),
                refused(
                        "a trigger of a partition",
                        List.of(RENAME, FILL),
                        "trigger own of public.leaf",
                        "Make the trigger one of",
                        "CREATE TRIGGER own BEFORE UPDATE ON leaf FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()"),
                refused(
                        "a trigger that is off on a partition",
                        List.of(RENAME, FILL),
                        "trigger own (enabled: D) on public.leaf",
                        "enabled alike on all partitions",
                        "CREATE TRIGGER own BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
                        "ALTER TABLE leaf DISABLE TRIGGER own"),
                refused(
                        "row security of a partition",
                        List.of(RENAME, FILL),
                        "public.leaf has FORCE ROW LEVEL SECURITY",
                        "BYPASSRLS",
                        "ALTER TABLE leaf ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"),
                refused(
                        "a rule of a partition",
                        List.of(ADD_UP),
                        "rule own on table public.leaf",
                        "DISABLE RULE",
                        "CREATE RULE own AS ON UPDATE TO leaf DO INSTEAD NOTHING"),
                refused(
                        "a published partition",
                        List.of(DROP, ADD),
                        "is published by news",
                        "take it out",
                        "CREATE PUBLICATION news FOR TABLE leaf"),
                refused("an index to be created", List.of(INDEX), "can't build an index", index),
                refused(
                        "a foreign key to be added",
                        List.of(
                                "addForeignKey: { table: users, name: k, columns: [ n ], references: { table: users, columns: [ id ] } }"),
                        "can't add a foreign key",
                        "NOT VALID to each partition"),
                refused(
                        "an identity column",
                        List.of("addColumn: { table: users, column: x, type: int, identity: always }"),
                        "counts by itself",
                        "a plain column"),
                refused(
                        "a generated column",
                        List.of("addColumn: { table: users, column: x, type: int, generated: n + 1 }"),
                        "is generated",
                        "a plain column"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"columns", "tables"})
    void whatCannotBeChangedIsRefused(Refusal refusal) {
        refusal.assertRefused(database);
    }
}
