package dev.migrator.pg.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.migrator.MigrationFiles;
import dev.migrator.engine.PlanRefusedException;
import dev.migrator.pg.Databases;
import dev.migrator.test.SchemaSnapshot;
import dev.migrator.test.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the sync of two shapes can't bear is refused by name, before anything is changed. */
class PreflightTest {
    private static final String RENAME = "- renameColumn: { table: users, column: name, to: full_name }\n";
    private static final String TABLE = "CREATE TABLE users (id int PRIMARY KEY, name text, n int, m int)";

    private static final String WIDEN = "- changeType: { table: users, column: n, type: bigint }\n";
    private static final String NOT_NULL = "- setNotNull: { table: users, column: n }\n";

    private TestDatabase database;

    @BeforeEach
    void createDatabase() {
        database = Databases.withStateTables();
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    private static Arguments refused(String what, String operations, String message, String... schema) {
        return Arguments.of(what, operations, message, List.of(schema));
    }

    private static String up(String expression) {
        return "- addColumn: { table: users, column: extra, type: text, up: \"" + expression + "\" }\n";
    }

    private static String generated(String expression) {
        return "- addColumn: { table: users, column: extra, type: text, generated: \"" + expression + "\" }\n";
    }

    static List<Arguments> refusals() {
        return List.of(
                refused(
                        "a generated column in up",
                        up("g::text"),
                        "reads the generated column \"g\"",
                        "CREATE TABLE users (id int PRIMARY KEY, name text, g int GENERATED ALWAYS AS (id * 2) STORED)"),
                refused(
                        "an identity column that can't count",
                        "- addColumn: { table: users, column: number, type: numeric, identity: always }\n",
                        "an identity column can't be numeric",
                        TABLE),
                refused(
                        "more rows than numbers",
                        "- addColumn: { table: users, column: number, type: smallint, identity: always }\n",
                        "has about 32768 rows, and smallint counts to 32767",
                        TABLE,
                        "INSERT INTO users SELECT generate_series(1, 32768)",
                        "ANALYZE users"),
                refused(
                        "a generated column on a table with rows",
                        generated("upper(name)"),
                        "rows in 8192 bytes, and must have none",
                        TABLE,
                        "INSERT INTO users VALUES (1, 'Ann')"),
                refused(
                        "a generated column that is not immutable",
                        generated("now()::text"),
                        "is not immutable",
                        TABLE),
                refused(
                        "a generated column over another one",
                        generated("g::text"),
                        "it reads the generated column \"g\"",
                        "CREATE TABLE users (id int PRIMARY KEY, g int GENERATED ALWAYS AS (id * 2) STORED)"),
                refused(
                        "a generated column over one that goes",
                        RENAME + generated("upper(name)"),
                        "it reads \"name\", which another operation of this migration takes away",
                        TABLE),
                refused(
                        "a column that goes under a generated one",
                        generated("upper(name)") + RENAME,
                        "\"name\" is changed by another operation",
                        TABLE),
                refused(
                        "a generated column over one that comes",
                        RENAME + generated("upper(full_name)"),
                        "it reads \"full_name\", which another operation of this migration adds",
                        TABLE),
                refused("a volatile function in up", up("name || random()"), "calls a volatile function", TABLE),
                refused("a subquery in up", up("(SELECT max(x.name) FROM users x)"), "contains a subquery", TABLE),
                refused("an aggregate in up", up("max(name)"), "aggregate functions are not allowed", TABLE),
                refused("the whole row in up", up("users::text"), "refers to the whole row", TABLE),
                refused(
                        "a partition",
                        RENAME,
                        "\"users\" is a partition of public.parent",
                        "CREATE TABLE parent (id int, name text) PARTITION BY LIST (id)",
                        "CREATE TABLE users PARTITION OF parent FOR VALUES IN (1)"),
                refused(
                        "a table with children",
                        RENAME,
                        "by inheritance, whose",
                        TABLE,
                        "CREATE TABLE child () INHERITS (users)"),
                refused(
                        "a child",
                        RENAME,
                        "by inheritance, whose",
                        "CREATE TABLE parent (id int, name text)",
                        "CREATE TABLE users () INHERITS (parent)"),
                refused(
                        "row level security that binds the owner",
                        RENAME,
                        "FORCE ROW LEVEL SECURITY",
                        TABLE,
                        "ALTER TABLE users ENABLE ROW LEVEL SECURITY",
                        "ALTER TABLE users FORCE ROW LEVEL SECURITY"),
                refused(
                        "a published table",
                        RENAME,
                        "is published by news without a column list",
                        TABLE,
                        "CREATE PUBLICATION news FOR TABLE users"),
                refused(
                        "a trigger function that names the column",
                        RENAME,
                        "trigger \"touch\"'s function public.touch() names \"name\"",
                        TABLE,
                        "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS"
                                + " $$BEGIN NEW.name := trim(NEW.name); RETURN NEW; END$$",
                        "CREATE TRIGGER touch BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch()"),
                refused(
                        "a trigger for UPDATE OF the column",
                        RENAME,
                        "is for UPDATE OF \"name\"",
                        TABLE,
                        "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$",
                        "CREATE TRIGGER touch BEFORE UPDATE OF name ON users FOR EACH ROW EXECUTE FUNCTION touch()"),
                refused(
                        "a view over the column",
                        RENAME,
                        "view public.names depends on",
                        TABLE,
                        "CREATE VIEW names AS SELECT name FROM users"),
                refused(
                        "a policy over the column",
                        RENAME,
                        "policy own on table public.users depends on",
                        TABLE,
                        "CREATE POLICY own ON users USING (name = current_user)"),
                refused(
                        "a generated column over the column",
                        RENAME,
                        "depends on",
                        "CREATE TABLE users (id int PRIMARY KEY, name text, g text GENERATED ALWAYS AS (upper(name)) STORED)"),
                refused(
                        "a foreign key of another table to the column",
                        "- changeType: { table: users, column: id, type: bigint }\n",
                        "refers to",
                        TABLE,
                        "CREATE TABLE orders (user_id int REFERENCES users)"),
                refused(
                        "a foreign key of the table itself to the column",
                        "- changeType: { table: users, column: id, type: bigint }\n",
                        "foreign key users_boss_fkey of table public.users refers to \"public\".\"users\".\"id\"",
                        "CREATE TABLE users (id int PRIMARY KEY, boss int REFERENCES users)"),
                refused(
                        "a foreign key of the table itself to a column that is renamed",
                        "- renameColumn: { table: users, column: id, to: number }\n",
                        "foreign key users_boss_fkey of table public.users refers to",
                        "CREATE TABLE users (id int PRIMARY KEY, boss int REFERENCES users)"),
                refused(
                        "a foreign key of the table itself to a column that is dropped",
                        "- dropColumn: { table: users, column: code }\n",
                        "foreign key users_boss_fkey of table public.users refers to",
                        "CREATE TABLE users (id int PRIMARY KEY, code int UNIQUE, boss int REFERENCES users (code))"),
                refused(
                        "up over a column that another operation adds",
                        RENAME + up("upper(full_name)"),
                        "`up` reads \"full_name\", which another operation",
                        TABLE),
                refused(
                        "down over a column that another operation retires",
                        RENAME
                                + "- changeType: { table: users, column: n, type: text, to: t, down: 't::int + length(name)' }\n",
                        "`down` reads \"name\", which another operation",
                        TABLE),
                refused(
                        "down over a column that another operation drops",
                        """
                        - dropColumn: { table: users, column: m }
                        - changeType: { table: users, column: n, type: text, to: t, down: 't::int + m' }
                        """,
                        "`down` reads \"m\", which another operation",
                        TABLE),
                refused(
                        "a dropped column's value from one that goes, too",
                        RENAME + "- dropColumn: { table: users, column: m, down: 'length(name)' }\n",
                        "`down` reads \"name\", which another operation",
                        TABLE),
                refused(
                        "one value for all rows of a column that is unique",
                        "- dropColumn: { table: users, column: name, down: \"''\" }\n",
                        "which the unique index \"users_name_key\" allows once",
                        "CREATE TABLE users (id int PRIMARY KEY, name text UNIQUE)"),
                refused(
                        "down for a column that counts by itself",
                        "- dropColumn: { table: users, column: n, down: '1' }\n",
                        "\"n\" is an identity column",
                        "CREATE TABLE users (id int PRIMARY KEY, n int GENERATED ALWAYS AS IDENTITY)"),
                refused(
                        "two operations that read each other's columns",
                        """
                        - changeType: { table: users, column: n, type: text, to: t, up: 'n::text || m' , down: '1' }
                        - changeType: { table: users, column: m, type: text, to: u, up: 'm::text || n', down: '1' }
                        """,
                        "read each other's columns",
                        TABLE),
                refused(
                        "a column that is to refuse NULL and to be replaced",
                        NOT_NULL + WIDEN,
                        "operations[1].changeType.column: \"public\".\"users\".\"n\" is changed by another operation",
                        TABLE),
                refused(
                        "a column that is to be replaced and to refuse NULL",
                        WIDEN + NOT_NULL,
                        "operations[1].setNotNull.column: \"n\" is changed by another operation",
                        TABLE),
                refused(
                        "a column that is to refuse NULL twice",
                        NOT_NULL + NOT_NULL,
                        "operations[1].setNotNull.column: \"n\" is changed by another operation",
                        TABLE),
                refused(
                        "a column that is to be dropped and to refuse NULL",
                        "- dropColumn: { table: users, column: n }\n" + NOT_NULL,
                        "operations[1].setNotNull.column: \"n\" is changed by another operation",
                        TABLE),
                refused(
                        "a column that is to be dropped and to be replaced",
                        "- dropColumn: { table: users, column: n }\n" + WIDEN,
                        "operations[1].changeType.column: \"public\".\"users\".\"n\" is changed by another operation",
                        TABLE),
                refused(
                        "a column that is to refuse NULL, filled, and to be dropped",
                        "- setNotNull: { table: users, column: n, fill: '1' }\n- dropColumn: { table: users, column: n, down: 'm' }\n",
                        "\"n\" is changed by another operation",
                        TABLE),
                refused(
                        "a column that is replaced twice",
                        WIDEN + "- renameColumn: { table: users, column: n, to: number }\n",
                        "operations[1].renameColumn.column: \"public\".\"users\".\"n\" is changed by another operation",
                        TABLE));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusals")
    void whatCannotBeSyncedIsRefused(String what, String operations, String message, List<String> schema) {
        database.execute(schema.toArray(String[]::new));
        SchemaSnapshot before = database.snapshot("public");
        var migration = MigrationFiles.parse("0001_test", "0001_test.yaml", "operations:\n" + operations.indent(2));
        PlanRefusedException refusal =
                catchThrowableOfType(PlanRefusedException.class, () -> new PlanRunner(database, migration));
        assertThat(refusal).as(what).isNotNull().hasMessageContaining(message);
        assertThat(before.differences(database.snapshot("public"))).isEmpty();
    }
}
