package dev.migrator.pg.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.Phase;
import dev.migrator.engine.PlanRefusedException;
import dev.migrator.pg.Databases;
import dev.migrator.plan.Finding;
import dev.migrator.test.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What goes with a dropped column is told before anything is changed; a primary key does not go that way. */
class DroppedColumnTest {
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

    private List<String> findings(PlanRunner runner, Finding.Severity severity) {
        return runner.plan().findings().stream()
                .filter(finding -> finding.severity() == severity)
                .map(Finding::message)
                .toList();
    }

    @Test
    void aColumnOfThePrimaryKeyIsRefused() {
        database.execute("CREATE TABLE users (a int DEFAULT 0, b int, PRIMARY KEY (a, b))");
        for (String down : List.of("", ", down: '7'")) {
            assertThatThrownBy(() -> users.plan("- dropColumn: { table: users, column: a" + down + " }"))
                    .isInstanceOf(PlanRefusedException.class)
                    .hasMessageContaining("\"a\" belongs to the primary key \"users_pkey\"")
                    .hasMessageContaining("Give the table another primary key first");
        }
    }

    @Test
    void whatReachesOtherColumnsIsWarnedOf() {
        database.execute(
                "CREATE TABLE teams (a int, b int, UNIQUE (a, b))",
                """
                CREATE TABLE users (id int PRIMARY KEY, x int DEFAULT 3, y int, z int,
                  CONSTRAINT both_once UNIQUE (x, y), CONSTRAINT of_team FOREIGN KEY (y, x) REFERENCES teams (a, b),
                  CONSTRAINT in_order CHECK (x < z))
                """,
                "CREATE INDEX by_both ON users (z) INCLUDE (y) WHERE x > 0",
                "CREATE INDEX others ON users (y, z)",
                "CREATE STATISTICS together ON x, y, z FROM users");
        PlanRunner runner = users.plan("- dropColumn: { table: users, column: x }");
        assertThat(findings(runner, Finding.Severity.WARNING))
                .anyMatch(
                        text -> text.equals(
                                "unique constraint \"both_once\" also stands on \"y\", and goes with \"x\" at"
                                        + " PURGE. Until then it stays in force on the retired column, in which new rows have its default."))
                .anyMatch(text ->
                        text.equals("index \"by_both\" also stands on \"y\", \"z\", and goes with \"x\" at PURGE."))
                .anyMatch(text -> text.startsWith("foreign key \"of_team\" also stands on \"y\", and goes"))
                .anyMatch(text -> text.startsWith("check \"in_order\" also stands on \"z\", and goes"))
                .anyMatch(text ->
                        text.startsWith("statistics \"public\".\"together\" also stand on \"y\", \"z\", and go "))
                .noneMatch(text -> text.contains("others"));
        runner = users.plan("- dropColumn: { table: users, column: x, down: 'y' }");
        assertThat(findings(runner, Finding.Severity.WARNING))
                .anyMatch(text -> text.endsWith("on the retired column, whose value in new rows is that of `down`."));
    }

    @Test
    void whatStandsOnItAloneIsNoted() {
        database.execute(
                "CREATE TABLE users (id int PRIMARY KEY, x int UNIQUE, y int, CONSTRAINT small CHECK (x < 10))",
                "CREATE INDEX by_x ON users (abs(x))");
        PlanRunner runner = users.plan("- dropColumn: { table: users, column: x }");
        assertThat(findings(runner, Finding.Severity.NOTE))
                .contains("index \"by_x\", unique constraint \"users_x_key\", check \"small\""
                        + " go with \"x\" at PURGE.");
        assertThat(findings(runner, Finding.Severity.WARNING)).noneMatch(text -> text.contains("at PURGE."));
    }

    @Test
    void anIndexOfADroppedAndAReplacedColumnGoesAndStopsNothing() {
        for (String down : List.of("", ", down: id")) {
            database.execute(
                    "DROP TABLE IF EXISTS users",
                    "CREATE TABLE users (id int PRIMARY KEY, x int, y int, CONSTRAINT once UNIQUE (y, x))",
                    "CREATE INDEX by_both ON users (x, y)",
                    "CREATE STATISTICS together ON x, y FROM users",
                    "INSERT INTO users VALUES (1, 1, 1)");
            String operations = "- changeType: { table: users, column: y, type: bigint }\n"
                    + "- dropColumn: { table: users, column: x" + down + " }\n";
            users.plan(operations).through(Phase.PURGE);
            assertThat(database.queryStrings(
                            "SELECT indexrelid::regclass::text FROM pg_index" + " WHERE indrelid = 'users'::regclass"))
                    .containsExactly("users_pkey");
        }
    }
}
