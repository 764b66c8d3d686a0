package dev.migrator.pg.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.MigrationFiles;
import dev.migrator.Phase;
import dev.migrator.pg.Databases;
import dev.migrator.test.TestDatabase;
import java.sql.Connection;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A transaction that began before EXPAND, and whose lock on the table went with a savepoint, goes on after it: what its
 * session remembers of the table's row type is from before.
 */
class LongTransactionTest {
    private TestDatabase database;

    @BeforeEach
    void createDatabase() {
        database = Databases.withStateTables();
        database.execute(
                "CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL DEFAULT 'anon', nick text DEFAULT 'n', note text)",
                "INSERT INTO users (id, name) VALUES (1, 'Ann'), (2, 'Bob')",
                """
                CREATE FUNCTION trims() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                  NEW := jsonb_populate_record(NEW, jsonb_build_object('note', trim(NEW.note)));
                  RETURN NEW;
                END$$
                """,
                "CREATE TRIGGER trims BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION trims()");
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    @Test
    void aTriggerThatMakesRowsAsTheyWereBeforeExpandTakesNothingAway() throws Exception {
        PlanRunner runner = new PlanRunner(
                database,
                MigrationFiles.parse(
                        "0001_test",
                        "0001_test.yaml",
                        """
                        operations:
                          - renameColumn: { table: users, column: name, to: full_name }
                          - renameColumn: { table: users, column: nick, to: handle }
                        """));
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            Savepoint savepoint = connection.setSavepoint();
            statement.execute("UPDATE users SET note = ' x ' WHERE id = 1");
            connection.rollback(savepoint);
            runner.through(Phase.EXPAND);
            database.execute("UPDATE users SET full_name = 'Bobby' WHERE id = 2");
            statement.execute("UPDATE users SET note = ' y ' WHERE id IN (1, 2)");
            statement.execute("INSERT INTO users (id, note) VALUES (3, ' z ')");
            statement.execute("INSERT INTO users (id, name, nick, note) VALUES (4, 'Di', NULL, ' z ')");
            connection.commit();
        }
        assertThat(database.queryRows("SELECT id, name, full_name, nick, handle, note FROM users ORDER BY id"))
                .containsExactly(
                        List.of("1", "Ann", "Ann", "n", "n", "y"),
                        List.of("2", "Bobby", "Bobby", "n", "n", "y"),
                        List.of("3", "anon", "anon", "n", "n", "z"),
                        List.of("4", "Di", "Di", "<null>", "<null>", "z"));
        runner.run(Phase.BACKFILL);
        assertThat(runner.violations(Phase.VALIDATE)).isEmpty();
    }
}
