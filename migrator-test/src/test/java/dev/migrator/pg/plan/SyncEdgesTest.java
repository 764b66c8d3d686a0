package dev.migrator.pg.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.MigrationFiles;
import dev.migrator.Phase;
import dev.migrator.pg.Databases;
import dev.migrator.test.TestDatabase;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where the sync triggers meet something else: other triggers, roles, replication, defaults, each other. */
class SyncEdgesTest {
    private TestDatabase database;

    @BeforeEach
    void createDatabase() {
        database = Databases.withStateTables();
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    private PlanRunner plan(String id, String operations) {
        return new PlanRunner(database, MigrationFiles.parse(id, id + ".yaml", "operations:\n" + operations.indent(2)));
    }

    private PlanRunner plan(String operations) {
        return plan("0001_test", operations);
    }

    private static final String RENAME = "- renameColumn: { table: users, column: name, to: full_name }\n";

    private void users(String columns, String... rows) {
        database.execute("CREATE TABLE users (id int PRIMARY KEY, " + columns + ")");
        for (String row : rows) {
            database.execute("INSERT INTO users VALUES (" + row + ")");
        }
    }

    private List<String> row(String columns, int id) {
        return database.queryRows("SELECT " + columns + " FROM users WHERE id = " + id)
                .get(0);
    }

    /** Experiment 2, its second half: the backfill of one table fires a trigger that writes another one. */
    @Test
    void aTriggerThatWritesAnotherMigratedTableDoesNotMakeItDiverge() {
        users("name text, acct int", "1, 'Ann', 1", "2, 'Bob', 2");
        database.execute(
                "CREATE TABLE acct (id int PRIMARY KEY, bal int)",
                "INSERT INTO acct VALUES (1, 0), (2, 0)",
                "CREATE FUNCTION pay() RETURNS trigger LANGUAGE plpgsql AS"
                        + " $$BEGIN UPDATE acct SET bal = bal + 1 WHERE id = NEW.acct; RETURN NULL; END$$",
                "CREATE TRIGGER pay AFTER UPDATE ON users FOR EACH ROW EXECUTE FUNCTION pay()");
        PlanRunner acct = plan("0001_acct", "- changeType: { table: acct, column: bal, type: bigint, to: balance }\n");
        acct.through(Phase.BACKFILL);
        PlanRunner users = plan("0002_users", RENAME);
        users.through(Phase.BACKFILL);
        assertThat(database.queryRows("SELECT bal, balance FROM acct ORDER BY id"))
                .containsExactly(List.of("1", "1"), List.of("1", "1"));
        assertThat(acct.violations(Phase.VALIDATE)).isEmpty();
        assertThat(users.violations(Phase.VALIDATE)).isEmpty();
    }

    @Test
    void writesOfReplicationAreSynced() {
        users("name text", "1, 'Ann'");
        PlanRunner runner = plan(RENAME).through(Phase.EXPAND);
        database.executeAsSuperuser(
                "SET session_replication_role = replica; UPDATE users SET name = 'Anna' WHERE id = 1;"
                        + " INSERT INTO users (id, name) VALUES (2, 'Bob')");
        assertThat(row("name, full_name", 1)).containsExactly("Anna", "Anna");
        assertThat(row("name, full_name", 2)).containsExactly("Bob", "Bob");
        runner.run(Phase.BACKFILL);
        runner.run(Phase.VALIDATE);
        runner.run(Phase.CONTRACT);
        database.executeAsSuperuser(
                "SET session_replication_role = replica; UPDATE users SET full_name = 'Bobby' WHERE id = 2");
        runner.undo(Phase.CONTRACT);
        assertThat(row("name, full_name", 2)).containsExactly("Bobby", "Bobby");
    }

    /** Experiment 18. */
    @Test
    void aRoleWithRightsOnTheOldColumnHasThemOnTheNewOne() throws Exception {
        users("name text, secret text", "1, 'Ann', 's'");
        String role = database.createRole("app");
        database.execute(
                "GRANT USAGE ON SCHEMA public TO \"" + role + '"',
                "GRANT INSERT (id, name), UPDATE (name), SELECT (id, name) ON users TO \"" + role + '"');
        PlanRunner runner = plan(RENAME).through(Phase.EXPAND);
        as(
                role,
                "INSERT INTO users (id, name) VALUES (2, 'Bob')",
                "UPDATE users SET full_name = 'Anna' WHERE id = 1",
                "INSERT INTO users (id, full_name) VALUES (3, 'Cy') ON CONFLICT (id) DO UPDATE SET full_name ="
                        + " excluded.full_name");
        assertThat(row("name, full_name", 1)).containsExactly("Anna", "Anna");
        runner.run(Phase.BACKFILL);
        runner.run(Phase.VALIDATE);
        runner.run(Phase.CONTRACT);
        as(role, "UPDATE users SET full_name = 'Bobby' WHERE id = 2");
        runner.run(Phase.PURGE);
        as(role, "UPDATE users SET full_name = 'Bo' WHERE id = 2");
        assertThat(row("full_name", 2)).containsExactly("Bo");
    }

    private void as(String role, String... statements) throws Exception {
        try (Connection connection = database.connectAs(role);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** Experiment 15. */
    @Test
    void aVolatileDefaultOfTheOldColumnDoesNotOutweighTheNewValue() {
        database.execute(
                "CREATE TABLE users (id text NOT NULL DEFAULT gen_random_uuid()::text, n int)",
                "INSERT INTO users (n) VALUES (0)");
        String id = "00000000-0000-0000-0000-000000000001";
        PlanRunner runner = plan("- changeType: { table: users, column: id, type: uuid, to: id_new }\n");
        runner.through(Phase.EXPAND);
        database.execute("INSERT INTO users (id_new, n) VALUES ('" + id + "', 1)", "INSERT INTO users (n) VALUES (2)");
        assertThat(database.queryRows("SELECT id, id_new FROM users WHERE n = 1"))
                .containsExactly(List.of(id, id));
        runner.run(Phase.BACKFILL);
        assertThat(runner.violations(Phase.VALIDATE)).isEmpty();
        assertThat(database.queryLong("SELECT count(*) FROM users WHERE id = id_new::text"))
                .isEqualTo(3);
    }

    @Test
    void aVolatileDefaultOfANullableOldColumnDoesNotOutweighTheNewValue() {
        database.execute("CREATE TABLE users (id int, k text DEFAULT gen_random_uuid()::text)");
        plan("- renameColumn: { table: users, column: k, to: key }\n").through(Phase.EXPAND);
        database.execute(
                "INSERT INTO users (id, key) VALUES (1, 'given')", "INSERT INTO users (id, k) VALUES (2, NULL)");
        assertThat(row("k, key", 1)).containsExactly("given", "given");
        assertThat(row("k, key", 2)).containsExactly("<null>", "<null>");
    }

    @Test
    void anExplicitNullStaysNullWhereTheColumnHasADefault() {
        users("name text DEFAULT 'anon'");
        PlanRunner runner = plan(RENAME).through(Phase.EXPAND);
        database.execute(
                "INSERT INTO users (id, name) VALUES (1, NULL)",
                "INSERT INTO users (id) VALUES (2)",
                "INSERT INTO users (id, full_name) VALUES (4, NULL)",
                "INSERT INTO users (id, name, full_name) VALUES (5, NULL, 'both')");
        assertThat(row("name, full_name", 1)).containsExactly("<null>", "<null>");
        assertThat(row("name, full_name", 2)).containsExactly("anon", "anon");
        assertThat(row("name, full_name", 4)).containsExactly("<null>", "<null>");
        assertThat(row("name, full_name", 5)).containsExactly("<null>", "both");
        runner.run(Phase.BACKFILL);
        runner.run(Phase.VALIDATE);
        runner.run(Phase.CONTRACT);
        database.execute("INSERT INTO users VALUES (3, NULL)".replace("users", "users (id, full_name)"));
        assertThat(row("full_name", 3)).containsExactly("<null>");
    }

    @Test
    void theWordDefaultInAnUpdateGivesTheDefaultOfEitherRelease() {
        users("name text NOT NULL DEFAULT 'anon'", "1, 'Ann'", "2, 'Bob'", "3, 'Cy'", "4, 'Di'");
        PlanRunner runner = plan(RENAME).through(Phase.EXPAND);
        database.execute(
                "UPDATE users SET name = DEFAULT WHERE id = 1",
                "UPDATE users SET full_name = DEFAULT WHERE id = 2",
                "INSERT INTO users (id) VALUES (3) ON CONFLICT (id) DO UPDATE SET name = DEFAULT",
                "UPDATE users SET name = 'Dora', full_name = DEFAULT WHERE id = 4");
        runner.run(Phase.BACKFILL);
        database.execute(
                "UPDATE users SET full_name = 'x' WHERE id = 3", "UPDATE users SET full_name = DEFAULT WHERE id = 3");
        for (int id = 1; id <= 3; id++) {
            assertThat(row("name, full_name", id)).containsExactly("anon", "anon");
        }
        assertThat(row("name, full_name", 4)).containsExactly("Dora", "anon");
        assertThat(runner.violations(Phase.VALIDATE)).isEmpty();
    }

    @Test
    void nullIsRefusedFromEitherReleaseWhereTheColumnRefusesIt() {
        users("name text NOT NULL DEFAULT 'anon'", "1, 'Ann'");
        plan(RENAME).through(Phase.EXPAND);
        for (String write : List.of(
                "INSERT INTO users (id, name) VALUES (2, NULL)",
                "INSERT INTO users (id, full_name) VALUES (2, NULL)",
                "UPDATE users SET name = NULL",
                "UPDATE users SET full_name = NULL")) {
            assertThatThrownBy(() -> database.execute(write)).as(write).hasMessageContaining("null value in column");
        }
    }

    /** An added column that is computed from a renamed one follows both releases, whichever operation comes first. */
    @Test
    void aColumnThatIsComputedFromARenamedOneFollowsTheNewName() {
        String add = "- addColumn: { table: users, column: shout, type: text, up: 'upper(name)', nullable: false }\n";
        users("name text NOT NULL", "1, 'Ann'");
        PlanRunner runner = plan(add + RENAME).through(Phase.EXPAND);
        database.execute(
                "UPDATE users SET full_name = 'Anna' WHERE id = 1",
                "INSERT INTO users (id, full_name) VALUES (2, 'Bob')");
        assertThat(row("name, shout", 1)).containsExactly("Anna", "ANNA");
        assertThat(row("name, shout", 2)).containsExactly("Bob", "BOB");
        runner.run(Phase.BACKFILL);
        assertThat(runner.violations(Phase.VALIDATE)).isEmpty();
    }

    @Test
    void afterContractTheAddedColumnIsOnItsOwnAndARollbackAcceptsThat() {
        String add =
                "- addColumn: { table: users, column: shout, type: text, up: 'upper(name) || n', nullable: false }\n";
        users("name text NOT NULL, n int DEFAULT 0", "1, 'Ann', 1", "2, 'Bob', 2");
        PlanRunner runner = plan(RENAME + add).through(Phase.CONTRACT);
        database.execute("UPDATE users SET full_name = 'Anna' WHERE id = 1", "UPDATE users SET n = 7 WHERE id = 2");
        assertThat(row("full_name, shout", 1)).containsExactly("Anna", "ANN1");
        runner.undo(Phase.CONTRACT);
        assertThat(runner.violations(Phase.VALIDATE)).isEmpty();
        assertThat(row("name, shout", 1)).containsExactly("Anna", "ANN1");
        assertThat(row("name, shout", 2)).containsExactly("Bob", "BOB2");
    }

    @Test
    void aRowThatFailedIsMendedByMendingWhatUpReads() {
        users("n int, d int", "1, 6, 2");
        PlanRunner runner = plan("- addColumn: { table: users, column: q, type: int, up: 'n / d' }\n")
                .through(Phase.BACKFILL);
        database.execute("UPDATE users SET d = 0 WHERE id = 1", "INSERT INTO users VALUES (2, 4, 0)");
        assertThat(runner.violations(Phase.VALIDATE)).containsExactly("2 × failed: up can't be computed for q");
        database.execute("UPDATE users SET d = 3", "UPDATE users SET n = 9 WHERE id = 1");
        assertThat(row("q", 1)).containsExactly("3");
        assertThat(row("q", 2)).containsExactly("1");
        assertThat(runner.violations(Phase.VALIDATE)).isEmpty();
    }

    @Test
    void anExpressionMayBeginWithCase() {
        users("name text", "1, NULL", "2, 'Bob'");
        PlanRunner runner =
                plan("""
                        - changeType:
                            table: users
                            column: name
                            type: text
                            to: label
                            up: "CASE WHEN name IS NULL THEN '?' ELSE name END"
                            down: "CASE WHEN label = '?' THEN NULL ELSE label END"
                        """)
                        .through(Phase.BACKFILL);
        database.execute("UPDATE users SET label = '?' WHERE id = 2");
        assertThat(row("name, label", 1)).containsExactly("<null>", "?");
        assertThat(row("name, label", 2)).containsExactly("<null>", "?");
        assertThat(runner.violations(Phase.VALIDATE)).isEmpty();
    }

    /** A MERGE tells triggers of the columns of all its actions, not of the one that it takes. */
    @Test
    void aMergeWhoseOtherActionNamesTheNewColumnLosesNothing() {
        if (database.server().majorVersion() < 15) {
            return;
        }
        users("name text, note text", "1, 'Ann', ''", "2, 'Bob', ''", "3, 'Cy', ''");
        plan(RENAME).through(Phase.EXPAND);
        database.execute(
                "CREATE FUNCTION merge_in_a_function() RETURNS void LANGUAGE plpgsql AS $$BEGIN"
                        + " MERGE INTO users AS u USING (VALUES (3)) AS v(id) ON u.id = v.id"
                        + " WHEN MATCHED AND v.id = 3 THEN UPDATE SET note = 'merged'"
                        + " WHEN MATCHED THEN UPDATE SET full_name = 'Bobby'; END$$",
                "SELECT merge_in_a_function()");
        assertThat(row("name, full_name, note", 3)).containsExactly("Cy", "Cy", "merged");
        database.execute("MERGE INTO users AS u USING (VALUES (1), (2)) AS v(id) ON u.id = v.id"
                + " WHEN MATCHED AND v.id = 1 THEN UPDATE SET note = 'merged'"
                + " WHEN MATCHED THEN UPDATE SET full_name = 'Bobby'");
        assertThat(row("name, full_name, note", 1)).containsExactly("Ann", "Ann", "merged");
        assertThat(row("name, full_name", 2)).containsExactly("Bobby", "Bobby");
    }
}
