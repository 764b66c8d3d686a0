package dev.migrator.pg.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Phase;
import dev.migrator.pg.Databases;
import dev.migrator.test.BackgroundSession;
import dev.migrator.test.SqlFailure;
import dev.migrator.test.TestDatabase;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Transactions whose snapshot is from before a phase write after it. Only a row that the backfill has written meanwhile may
 * stop them, with the error that any other writer would cause.
 */
class IsolationTest {
    private TestDatabase database;
    private PlanRunner runner;

    @BeforeEach
    void createDatabase() {
        database = Databases.withStateTables();
        database.execute(
                "CREATE TABLE other (n int)",
                "CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL DEFAULT 'anon', lat text)",
                "INSERT INTO users SELECT g, 'Ann', g FROM generate_series(1, 40) g");
        runner = new Users(database)
                .plan(
                        """
                        - renameColumn: { table: users, column: name, to: full_name }
                        - changeType: { table: users, column: lat, type: numeric, to: latitude }
                        """);
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    private BackgroundSession snapshot(String level) {
        return BackgroundSession.holding(database, "BEGIN ISOLATION LEVEL " + level + "; SELECT count(*) FROM other");
    }

    /** Writes what was there before the phase, and something new; tells what was refused. */
    private Set<String> write(BackgroundSession session, String name, String lat, int row) {
        try {
            session.execute("SAVEPOINT s");
            session.execute("UPDATE users SET " + name + " = 'Bob', " + lat + " = 7.50 WHERE id = " + row);
        } catch (SqlFailure e) {
            assertThat(e).hasMessageContaining("could not serialize access due to concurrent update");
            session.execute("ROLLBACK TO s");
            return Set.of("UPDATE");
        } finally {
            session.execute(
                    "INSERT INTO users (id, " + name + ", " + lat + ") VALUES (" + (100 + row) + ", 'New', 8.50)");
            session.execute("COMMIT");
        }
        return Set.of();
    }

    @ParameterizedTest
    @CsvSource({
        "READ COMMITTED, old",
        "READ COMMITTED, new",
        "REPEATABLE READ, old",
        "REPEATABLE READ, new",
        "SERIALIZABLE, old",
        "SERIALIZABLE, new"
    })
    void whatASnapshotFromBeforeAPhaseWritesAfterItArrivesInBothShapes(String level, String release) {
        int row = 1;
        boolean old = release.equals("old");
        for (Phase phase : old ? List.of(Phase.EXPAND, Phase.BACKFILL, Phase.VALIDATE) : List.of(Phase.values())) {
            try (BackgroundSession session = snapshot(level)) {
                runner.run(phase);
                boolean meetsTheBackfill = phase == Phase.BACKFILL && !level.equals("READ COMMITTED");
                assertThat(write(session, old ? "name" : "full_name", old ? "lat" : "latitude", row))
                        .as("what %s stopped", phase)
                        .isEqualTo(meetsTheBackfill ? Set.of("UPDATE") : Set.of());
                agree(phase, row, meetsTheBackfill);
            }
            row++;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"REPEATABLE READ", "SERIALIZABLE"})
    void theSameOnTheWayBack(String level) {
        runner.through(Phase.CONTRACT);
        try (BackgroundSession session = snapshot(level)) {
            runner.undo(Phase.CONTRACT);
            assertThat(write(session, "full_name", "latitude", 1)).isEmpty();
        }
        try (BackgroundSession session = snapshot(level)) {
            runner.undo(Phase.VALIDATE);
            assertThat(write(session, "name", "lat", 2)).isEmpty();
        }
        agree(Phase.VALIDATE, 1, false);
        try (BackgroundSession session = snapshot(level)) {
            runner.undo(Phase.BACKFILL);
            runner.undo(Phase.EXPAND);
            assertThat(write(session, "name", "lat", 3)).isEmpty();
        }
        assertThat(database.queryRows("SELECT name, lat FROM users WHERE id IN (1, 2, 3)"))
                .containsOnly(List.of("Bob", "7.50"));
    }

    private void agree(Phase phase, int row, boolean stopped) {
        boolean both = phase.isBefore(Phase.CONTRACT);
        String columns = both ? "name, full_name, lat, latitude" : "full_name, latitude";
        String query = "SELECT " + columns + " FROM users WHERE id = ";
        assertThat(database.queryRows(query + (100 + row)))
                .as("inserted, %s", phase)
                .containsExactly(both ? List.of("New", "New", "8.50", "8.50") : List.of("New", "8.50"));
        if (!stopped) {
            assertThat(database.queryRows(query + row))
                    .as("updated, %s", phase)
                    .containsExactly(both ? List.of("Bob", "Bob", "7.50", "7.50") : List.of("Bob", "7.50"));
        }
        if (both && phase != Phase.EXPAND) {
            assertThat(runner.violations(Phase.VALIDATE)).as("%s", phase).isEmpty();
        }
    }

    /** As any other writer's, the backfill's update is a new version of the row. */
    @Test
    void aVersionOfARowThatAnApplicationRememberedIsAnotherOneAfterTheBackfill() {
        String version = database.queryString("SELECT xmin FROM users WHERE id = 1");
        String update = "UPDATE users SET lat = '9' WHERE id = 1 AND xmin = '" + version + "'";
        runner.run(Phase.EXPAND);
        assertThat(database.queryString("SELECT xmin FROM users WHERE id = 1")).isEqualTo(version);
        runner.run(Phase.BACKFILL);
        database.execute(update);
        assertThat(database.queryString("SELECT lat FROM users WHERE id = 1")).isEqualTo("1");
    }
}
