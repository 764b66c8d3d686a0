package dev.migrator.pg.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.Migration;
import dev.migrator.MigrationFiles;
import dev.migrator.Phase;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.SqlFailure;
import dev.migrator.test.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The rules of the sync triggers, one input each, most of them inputs that broke an earlier draft of the design. */
class SyncRulesTest {
    private TestDatabase database;

    @BeforeEach
    void createDatabase() {
        database = PostgresServer.shared().createDatabase();
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    private static Migration yaml(String text) {
        return MigrationFiles.parse("0001_test", "0001_test.yaml", text);
    }

    private PlanRunner rename() {
        database.execute(
                "CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL DEFAULT 'anon', other int DEFAULT 0)",
                "INSERT INTO users VALUES (1, 'Ann'), (2, 'Bob'), (3, 'Cy')");
        return new PlanRunner(
                database, yaml("operations:\n  - renameColumn: { table: users, column: name, to: full_name }\n"));
    }

    private PlanRunner split() {
        database.execute(
                "CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL)",
                "INSERT INTO users VALUES (1, 'John Smith'), (2, 'Ann Lee'), (3, 'Bob Ray'), (4, 'Zed Q')");
        return new PlanRunner(
                database,
                yaml(
                        """
                        operations:
                          - splitColumn:
                              table: users
                              column: name
                              into:
                                - { column: first, type: text, up: "split_part(name, ' ', 1)" }
                                - { column: last, type: text, up: "split_part(name, ' ', 2)" }
                              down: "concat_ws(' ', coalesce(first, ''), coalesce(last, ''))"
                        """));
    }

    private List<String> row(String columns, int id) {
        return database.queryRows("SELECT " + columns + " FROM users WHERE id = " + id)
                .get(0);
    }

    @Test
    void anOldWriteReachesTheNewShape() {
        rename().through(Phase.EXPAND);
        database.execute(
                "UPDATE users SET name = 'Anna' WHERE id = 1", "INSERT INTO users (id, name) VALUES (4, 'Di')");
        assertThat(row("name, full_name", 1)).containsExactly("Anna", "Anna");
        assertThat(row("name, full_name", 4)).containsExactly("Di", "Di");
    }

    @Test
    void aNewWriteReachesTheOldShape() {
        rename().through(Phase.EXPAND);
        database.execute(
                "UPDATE users SET full_name = 'Anna' WHERE id = 1",
                "INSERT INTO users (id, full_name) VALUES (4, 'Di')");
        assertThat(row("name, full_name", 1)).containsExactly("Anna", "Anna");
        assertThat(row("name, full_name", 4)).containsExactly("Di", "Di");
    }

    @Test
    void theDefaultOfTheOldColumnIsGivenWhenNeitherSideIs() {
        rename().through(Phase.EXPAND);
        database.execute("INSERT INTO users (id) VALUES (4)", "INSERT INTO users (id, name) VALUES (5, DEFAULT)");
        assertThat(row("name, full_name", 4)).containsExactly("anon", "anon");
        assertThat(row("name, full_name", 5)).containsExactly("anon", "anon");
    }

    @Test
    void bothSidesGivenStayAsTheyAre() {
        PlanRunner runner = rename().through(Phase.EXPAND);
        database.execute(
                "INSERT INTO users (id, name, full_name) VALUES (4, 'a', 'b')",
                "UPDATE users SET name = 'c', full_name = 'd' WHERE id = 1");
        assertThat(row("name, full_name", 4)).containsExactly("a", "b");
        assertThat(row("name, full_name", 1)).containsExactly("c", "d");
        runner.run(Phase.BACKFILL);
        assertThat(runner.violations(Phase.VALIDATE)).isEmpty();
        assertThat(row("name, full_name", 1)).containsExactly("c", "d");
    }

    /** Experiment 1: half of the new side of a pending row. */
    @Test
    void updatingHalfOfThePendingNewShapeKeepsTheOtherHalf() {
        split().through(Phase.EXPAND);
        database.execute("UPDATE users SET first = 'Jon' WHERE id = 1");
        assertThat(row("name, first, last", 1)).containsExactly("Jon Smith", "Jon", "Smith");
    }

    /** Experiments 1 and 15: an explicit NULL on a pending row is a write, too. */
    @Test
    void anExplicitNullOnAPendingRowIsKept() {
        split().through(Phase.EXPAND);
        database.execute("UPDATE users SET last = NULL WHERE id = 1");
        assertThat(row("name, first, last", 1)).containsExactly("John ", "John", "<null>");
    }

    @Test
    void anUpdateOfAnotherColumnHealsAPendingRow() {
        PlanRunner runner = rename().through(Phase.EXPAND);
        database.execute("UPDATE users SET other = 7 WHERE id = 1");
        assertThat(row("name, full_name, other", 1)).containsExactly("Ann", "Ann", "7");
        assertThat(runner.violations(Phase.VALIDATE)).containsExactly("2 × pending: not filled yet");
    }

    @Test
    void upsertsKeepBothShapesInStep() {
        rename().through(Phase.EXPAND);
        database.execute(
                "INSERT INTO users (id, name) VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET name = excluded.name",
                "INSERT INTO users (id, full_name) VALUES (2, 'y') ON CONFLICT (id) DO UPDATE SET full_name ="
                        + " excluded.full_name");
        assertThat(row("name, full_name", 1)).containsExactly("x", "x");
        assertThat(row("name, full_name", 2)).containsExactly("y", "y");
    }

    /** Experiment 2: a table's own trigger that changes the old side, during the backfill too. */
    @Test
    void aTrimmingTriggerOfTheTableDoesNotMakeRowsDiverge() {
        database.execute(
                "CREATE TABLE users (id int PRIMARY KEY, a text)",
                "INSERT INTO users VALUES (1, ' x '), (2, ' y ')",
                "CREATE FUNCTION norm() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW := jsonb_populate_record(NEW,"
                        + " jsonb_build_object('a', trim(to_jsonb(NEW)->>'a'))); RETURN NEW; END$$");
        database.execute("ALTER TABLE users RENAME a TO nick");
        database.execute(
                "CREATE OR REPLACE FUNCTION norm() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW := jsonb_populate_record("
                        + "NEW, jsonb_build_object(TG_ARGV[0], trim(to_jsonb(NEW)->>TG_ARGV[0]))); RETURN NEW; END$$",
                "CREATE TRIGGER norm BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION norm('nick')");
        PlanRunner runner = new PlanRunner(
                        database, yaml("operations:\n  - renameColumn: { table: users, column: nick, to: alias }\n"))
                .through(Phase.BACKFILL);
        assertThat(row("nick, alias", 1)).containsExactly("x", "x");
        database.execute(
                "UPDATE users SET alias = ' z ' WHERE id = 2", "INSERT INTO users (id, alias) VALUES (3, ' w ')");
        assertThat(row("nick, alias", 2)).containsExactly("z", "z");
        assertThat(row("nick, alias", 3)).containsExactly("w", "w");
        assertThat(runner.violations(Phase.VALIDATE)).isEmpty();
    }

    /** Experiment 7: a value that can't be mapped must not fail the application's statement. */
    @Test
    void aWriteThatCannotBeMappedSucceedsAndKeepsValidateShut() {
        database.execute(
                "CREATE TABLE users (id int PRIMARY KEY, lat text NOT NULL)", "INSERT INTO users VALUES (1, '1.5')");
        PlanRunner runner = new PlanRunner(
                        database,
                        yaml(
                                """
                                operations:
                                  - changeType: { table: users, column: lat, type: double precision, to: latitude }
                                """))
                .through(Phase.BACKFILL);
        database.execute("UPDATE users SET lat = 'n/a' WHERE id = 1", "INSERT INTO users (id, lat) VALUES (2, '?')");
        assertThat(row("lat, latitude", 1)).containsExactly("n/a", "<null>");
        assertThat(runner.violations(Phase.VALIDATE))
                .containsExactly("2 × failed: up can't be computed for lat → latitude");
        database.execute("UPDATE users SET lat = '2.5' WHERE id = 1", "UPDATE users SET latitude = 3 WHERE id = 2");
        assertThat(runner.violations(Phase.VALIDATE)).isEmpty();
        assertThat(row("lat, latitude", 2)).containsExactly("3", "3");
    }

    /** Experiment 4: what IS DISTINCT FROM overlooks, or fails on. */
    @Test
    void changesThatTheTypesOwnEqualityOverlooksAreSeen() {
        database.execute(
                "CREATE TABLE users (id int PRIMARY KEY, i interval, n numeric, b box, p point, j json)",
                "INSERT INTO users VALUES (1, '1 month', 1.0, '(0,0),(1,4)', '(1,2)', '{}')");
        PlanRunner runner = new PlanRunner(
                        database,
                        yaml(
                                """
                                operations:
                                  - renameColumn: { table: users, column: i, to: i2 }
                                  - renameColumn: { table: users, column: n, to: n2 }
                                  - renameColumn: { table: users, column: b, to: b2 }
                                  - renameColumn: { table: users, column: p, to: p2 }
                                  - renameColumn: { table: users, column: j, to: j2 }
                                """))
                .through(Phase.BACKFILL);
        database.execute(
                "UPDATE users SET i2 = '30 days', n = 1.000, b2 = '(5,5),(7,7)', p = '(1,3)', j2 = '{ }' WHERE id = 1");
        assertThat(row("i::text, n2::text, b::text, p2::text, j::text", 1))
                .containsExactly("30 days", "1.000", "(7,7),(5,5)", "(1,3)", "{ }");
        assertThat(runner.violations(Phase.VALIDATE)).isEmpty();
    }

    @Test
    void afterContractTheRetiredSideIsKeptInStepAndRollbackBringsItBack() {
        PlanRunner runner = rename().through(Phase.CONTRACT);
        database.execute(
                "UPDATE users SET full_name = 'New' WHERE id = 1",
                "INSERT INTO users (id, full_name) VALUES (7, 'Gil')",
                "INSERT INTO users (id) VALUES (8)");
        assertThat(runner.violations(Phase.CONTRACT)).isEmpty();
        runner.undo(Phase.CONTRACT);
        assertThat(row("name, full_name", 1)).containsExactly("New", "New");
        assertThat(row("name, full_name", 8)).containsExactly("anon", "anon");
        database.execute("UPDATE users SET name = 'Old' WHERE id = 1");
        assertThat(row("name, full_name", 1)).containsExactly("Old", "Old");
    }

    @Test
    void aTypeUnderTheSameNameIsExchangedAtContract() {
        database.execute(
                "CREATE TABLE users (id serial PRIMARY KEY, n int CHECK (n > 0) DEFAULT 5, t text)",
                "CREATE INDEX users_n ON users (n DESC, t) WHERE n < 1000",
                "INSERT INTO users (t) SELECT 'r' || g FROM generate_series(1, 10) g");
        var before = database.snapshot("public");
        PlanRunner runner = new PlanRunner(
                        database,
                        yaml(
                                """
                                operations:
                                  - changeType: { table: users, column: id, type: bigint }
                                  - changeType: { table: users, column: n, type: bigint }
                                """))
                .through(Phase.CONTRACT);
        database.execute("INSERT INTO users (t) VALUES ('new')", "UPDATE users SET n = 6 WHERE id = 1");
        assertThat(database.queryStrings(
                        "SELECT format_type(atttypid, -1) FROM pg_attribute WHERE attrelid = 'users'::regclass AND attname"
                                + " IN ('id', 'n')"))
                .containsExactly("bigint", "bigint");
        runner.undo(Phase.CONTRACT);
        runner.undo(Phase.VALIDATE);
        runner.undo(Phase.BACKFILL);
        runner.undo(Phase.EXPAND);
        assertThat(database.snapshot("public").differences(before)).isEmpty();
        assertThat(row("n, t", 1)).containsExactly("6", "r1");
        assertThat(database.queryLong("SELECT count(*) FROM users")).isEqualTo(11);
    }

    /** Experiment 8: the numbers of an identity column go on, and its sequence comes back as it was. */
    @Test
    void anIdentityColumnGoesOnCountingOnItsSuccessorAndBack() {
        database.execute(
                "CREATE TABLE users (id int GENERATED ALWAYS AS IDENTITY (START 100 INCREMENT 5) PRIMARY KEY, t text)",
                "COMMENT ON SEQUENCE users_id_seq IS 'numbers'",
                "INSERT INTO users (t) VALUES ('a'), ('b')");
        var before = database.snapshot("public");
        PlanRunner runner = new PlanRunner(
                        database, yaml("operations:\n  - changeType: { table: users, column: id, type: bigint }\n"))
                .through(Phase.CONTRACT);
        database.execute("INSERT INTO users (t) VALUES ('c')");
        runner.undo(Phase.CONTRACT);
        database.execute("INSERT INTO users (t) VALUES ('d')");
        runner.undo(Phase.VALIDATE);
        runner.undo(Phase.EXPAND);
        assertThat(database.queryStrings("SELECT id || t FROM users ORDER BY id"))
                .containsExactly("100a", "105b", "110c", "115d");
        assertThat(before.differences(database.snapshot("public"))).isEmpty();
    }

    @Test
    void aTextThatDoesNotFitItsNewLengthIsNotCutSilently() {
        database.execute(
                "CREATE TABLE users (id int PRIMARY KEY, code text)",
                "INSERT INTO users VALUES (1, 'short'), (2, 'ok')");
        PlanRunner runner = new PlanRunner(
                        database,
                        yaml(
                                "operations:\n  - changeType: { table: users, column: code, type: varchar(5), to: code5 }\n"))
                .through(Phase.BACKFILL);
        database.execute("UPDATE users SET code = 'much too long' WHERE id = 2");
        assertThat(row("code, code5", 2)).containsExactly("much too long", "<null>");
        assertThat(runner.violations(Phase.VALIDATE))
                .containsExactly("1 × failed: up can't be computed for code → code5");
    }

    private PlanRunner widen() {
        database.execute("CREATE TABLE users (id int PRIMARY KEY, n int)", "INSERT INTO users VALUES (1, 1)");
        return new PlanRunner(
                        database, yaml("operations:\n  - changeType: { table: users, column: n, type: bigint }\n"))
                .through(Phase.CONTRACT);
    }

    @Test
    void aValueThatTheOldShapeCannotHoldFailsNoWriteAndStopsTheRollback() {
        PlanRunner runner = widen();
        database.execute("INSERT INTO users (id, n) VALUES (2, 3000000000)");
        assertThatThrownBy(() -> runner.undo(Phase.CONTRACT)).hasMessageContaining("1 × the old shape can't hold");
        assertThat(row("n", 2)).containsExactly("3000000000");
    }

    @Test
    void suchAValueCannotSlipInBehindTheRollbacksOwnCheck() {
        PlanRunner runner = widen();
        runner.undoThrough(Phase.CONTRACT, "refuse what the retired shape can't hold");
        assertThatThrownBy(() -> database.execute("INSERT INTO users (id, n) VALUES (2, 3000000000)"))
                .isInstanceOfSatisfying(
                        SqlFailure.class, e -> assertThat(e.sqlState()).isEqualTo("23514"));
        database.execute("INSERT INTO users (id, n) VALUES (3, 3)");
    }

    @Test
    void oneColumnIsNotChangedByTwoOperations() {
        database.execute("CREATE TABLE users (id int PRIMARY KEY, n int)");
        assertThatThrownBy(
                        () -> new PlanRunner(
                                database,
                                yaml(
                                        """
                                operations:
                                  - setNotNull: { table: users, column: n }
                                  - changeType: { table: users, column: n, type: bigint }
                                """)))
                .hasMessageContaining("is changed by another operation of this migration already");
    }
}
