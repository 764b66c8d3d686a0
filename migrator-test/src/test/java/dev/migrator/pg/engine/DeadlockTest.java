package dev.migrator.pg.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.pg.execute.Application;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.TestDatabase;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Transactions that lock several rows, one after the other, of two tables with foreign keys in both directions and a trigger
 * that writes the other table, so that a batch of the backfill locks rows of both in an order of its own. Among themselves they
 * never deadlock; beside a migration they must not either, nor fail, nor make it wait for ever.
 */
class DeadlockTest {
    private static final int TEAMS = 40;
    private static final int MEMBERS = 100;
    private static final int TRANSACTIONS = 5000;

    private static final Migration MIGRATION = Rig.migration(
            "0001_members",
            """
            - renameColumn: { table: members, column: name, to: full_name }
            - setNotNull: { table: members, column: note, fill: "'none'" }
            """);

    private static final String[] SCHEMA = {
        "CREATE TABLE teams (id int PRIMARY KEY, hits int NOT NULL DEFAULT 0, leader int)",
        """
        CREATE TABLE members (
          id int PRIMARY KEY, team int NOT NULL REFERENCES teams, n int NOT NULL DEFAULT 0, name text, note text)
        """,
        "INSERT INTO teams SELECT g FROM generate_series(0, " + (TEAMS - 1) + ") g",
        // The members of a team lie far from each other, so that every batch meets all teams.
        "INSERT INTO members SELECT g, g % " + TEAMS + ", 0, 'name ' || g, repeat('x', 300) FROM generate_series(0, "
                + (TEAMS * MEMBERS - 1) + ") g",
        "UPDATE members SET note = NULL WHERE id % 7 = 0",
        "ALTER TABLE teams ADD FOREIGN KEY (leader) REFERENCES members",
        """
        CREATE FUNCTION hit() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          UPDATE teams SET hits = hits + 1 WHERE id = NEW.team;
          RETURN NULL;
        END$$
        """,
        "CREATE TRIGGER hit AFTER UPDATE ON members FOR EACH ROW EXECUTE FUNCTION hit()"
    };

    /** The row of a team, two of its members in one order, then its leader. */
    private static String transaction(Random random, boolean ascending) {
        int team = random.nextInt(TEAMS);
        int first = random.nextInt(MEMBERS);
        int second = random.nextInt(MEMBERS);
        int low = Math.min(first, second) * TEAMS + team;
        int high = Math.max(first, second) * TEAMS + team;
        String update = "UPDATE members SET n = n + 1 WHERE id = ";
        // The team first: two transactions of one team would deadlock without any migration.
        return "BEGIN; UPDATE teams SET hits = hits + 1 WHERE id = " + team
                + "; SELECT pg_sleep(0.003); " + update + (ascending ? low : high)
                + "; " + update + (ascending ? high : low) + "; UPDATE teams SET leader = " + low + " WHERE id = "
                + team + "; COMMIT";
    }

    @ParameterizedTest(name = "ascending: {0}")
    @ValueSource(booleans = {true, false})
    void noneInTenThousandTransactions(boolean ascending) {
        try (TestDatabase database = PostgresServer.shared().createDatabase()) {
            database.execute(SCHEMA);
            Random random = new Random(ascending ? 1 : 2);
            Rig rig = Rig.over(database);
            try (Application application = new Application(database, 4, n -> transaction(random, ascending))) {
                rig.to(MIGRATION, Phase.VALIDATE);
                application.doesMore(Math.max(1, TRANSACTIONS - application.completed()));
                application.close();
                assertThat(application.failures()).isEmpty();
                assertThat(application.completed()).isGreaterThanOrEqualTo(TRANSACTIONS);
            }
            assertThat(database.queryLong("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"))
                    .isZero();
            assertThat(database.queryLong("SELECT count(*) FROM members WHERE full_name IS DISTINCT FROM name"))
                    .isZero();
        }
    }
}
