package dev.migrator.pg.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Phase;
import dev.migrator.pg.Databases;
import dev.migrator.test.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Values that the two shapes can't have in common, or that a type calls equal although they are not. */
class SyncValuesTest {
    private TestDatabase database;
    private Users users;

    @BeforeEach
    void createDatabase() {
        database = Databases.withStateTables();
        users = new Users(database);
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    /** Experiment 7: a value that can't be mapped must not fail the application's statement. */
    @Test
    void aWriteThatCannotBeMappedSucceedsAndKeepsValidateShut() {
        database.execute(
                "CREATE TABLE users (id int PRIMARY KEY, lat text NOT NULL)", "INSERT INTO users VALUES (1, '1.5')");
        PlanRunner runner = users.plan(
                        """
                                - changeType: { table: users, column: lat, type: double precision, to: latitude }
                                """)
                .through(Phase.BACKFILL);
        database.execute("UPDATE users SET lat = 'n/a' WHERE id = 1", "INSERT INTO users (id, lat) VALUES (2, '?')");
        assertThat(users.row("lat, latitude", 1)).containsExactly("n/a", "<null>");
        assertThat(runner.violations(Phase.VALIDATE))
                .containsExactly("2 × failed: up can't be computed for lat → latitude");
        database.execute("UPDATE users SET lat = '2.5' WHERE id = 1", "UPDATE users SET latitude = 3 WHERE id = 2");
        assertThat(runner.violations(Phase.VALIDATE)).isEmpty();
        assertThat(users.row("lat, latitude", 2)).containsExactly("3", "3");
    }

    /** Experiment 4: what IS DISTINCT FROM overlooks, or fails on. */
    @Test
    void changesThatTheTypesOwnEqualityOverlooksAreSeen() {
        database.execute(
                "CREATE TABLE users (id int PRIMARY KEY, i interval, n numeric, b box, p point, j json)",
                "INSERT INTO users VALUES (1, '1 month', 1.0, '(0,0),(1,4)', '(1,2)', '{}')");
        PlanRunner runner = users.plan(
                        """
                                - renameColumn: { table: users, column: i, to: i2 }
                                - renameColumn: { table: users, column: n, to: n2 }
                                - renameColumn: { table: users, column: b, to: b2 }
                                - renameColumn: { table: users, column: p, to: p2 }
                                - renameColumn: { table: users, column: j, to: j2 }
                                """)
                .through(Phase.BACKFILL);
        database.execute(
                "UPDATE users SET i2 = '30 days', n = 1.000, b2 = '(5,5),(7,7)', p = '(1,3)', j2 = '{ }' WHERE id = 1");
        assertThat(users.row("i::text, n2::text, b::text, p2::text, j::text", 1))
                .containsExactly("30 days", "1.000", "(7,7),(5,5)", "(1,3)", "{ }");
        assertThat(runner.violations(Phase.VALIDATE)).isEmpty();
    }

    @Test
    void aTextThatDoesNotFitItsNewLengthIsNotCutSilently() {
        database.execute(
                "CREATE TABLE users (id int PRIMARY KEY, code text)",
                "INSERT INTO users VALUES (1, 'short'), (2, 'ok')");
        PlanRunner runner = users.plan("- changeType: { table: users, column: code, type: varchar(5), to: code5 }\n")
                .through(Phase.BACKFILL);
        database.execute("UPDATE users SET code = 'much too long' WHERE id = 2");
        assertThat(users.row("code, code5", 2)).containsExactly("much too long", "<null>");
        assertThat(runner.violations(Phase.VALIDATE))
                .containsExactly("1 × failed: up can't be computed for code → code5");
    }
}
