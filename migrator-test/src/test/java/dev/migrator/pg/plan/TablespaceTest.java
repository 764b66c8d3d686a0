package dev.migrator.pg.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.Migration;
import dev.migrator.MigrationFiles;
import dev.migrator.Phase;
import dev.migrator.engine.PlanRefusedException;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An index that is built anew lies where the one lay that it stands for, on the way forward and on the way back. */
class TablespaceTest {
    private static final String PLACES =
            """
            SELECT c.relname || ' in ' || coalesce(s.spcname, 'the default')
              FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace
             WHERE i.indrelid = 'users'::regclass ORDER BY 1
            """;

    private static PostgresServer server;

    private TestDatabase database;

    @BeforeAll
    static void startServer() {
        server = PostgresServer.builder().start();
        try (TestDatabase seat = server.createDatabase()) {
            // A folder in the data directory, for which the server asks nobody else.
            seat.executeAsSuperuser(
                    "SET allow_in_place_tablespaces = on", "CREATE TABLESPACE \"quick \"\"disk\"\"\" LOCATION ''");
        }
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void createDatabase() {
        database = server.createDatabase();
        database.executeAsSuperuser(grant());
        database.execute(
                "CREATE TABLE users (id int, code text, n int, note text)",
                "ALTER TABLE users ADD CONSTRAINT users_pkey PRIMARY KEY (id) USING INDEX TABLESPACE \"quick \"\"disk\"\"\"",
                "ALTER TABLE users ADD CONSTRAINT users_code UNIQUE (code) WITH (fillfactor = 80)"
                        + " USING INDEX TABLESPACE \"quick \"\"disk\"\"\" DEFERRABLE",
                "CREATE INDEX users_n ON users (n) WITH (fillfactor = 70) TABLESPACE \"quick \"\"disk\"\"\" WHERE n > 0",
                "CREATE INDEX users_note ON users (note, n) TABLESPACE \"quick \"\"disk\"\"\"",
                "CREATE INDEX users_home ON users (n)",
                "INSERT INTO users SELECT g, 'c' || g, g, 'x' FROM generate_series(1, 100) g");
    }

    @AfterEach
    void dropDatabase() {
        // A right on what belongs to the whole server would keep the role.
        database.executeAsSuperuser(revoke());
        database.close();
    }

    private String grant() {
        return "GRANT CREATE ON TABLESPACE \"quick \"\"disk\"\"\" TO " + database.user();
    }

    private String revoke() {
        return "REVOKE CREATE ON TABLESPACE \"quick \"\"disk\"\"\" FROM " + database.user();
    }

    private static Migration retypeAll() {
        return MigrationFiles.parse(
                "0001_test",
                "0001_test.yaml",
                """
                operations:
                  - changeType: { table: users, column: id, type: bigint }
                  - changeType: { table: users, column: n, type: bigint }
                  - changeType: { table: users, column: code, type: varchar(40), up: code }
                """);
    }

    @Test
    void everyIndexKeepsItsTablespaceOverAMigration() {
        List<String> before = database.queryStrings(PLACES);
        new PlanRunner(database, retypeAll()).through(Phase.PURGE);
        assertThat(database.queryStrings(PLACES))
                .isEqualTo(before)
                .contains("users_pkey in quick \"disk\"", "users_home in the default");
    }

    @Test
    void everyIndexKeepsItsTablespaceOverARollback() {
        var before = database.snapshot("public");
        PlanRunner runner = new PlanRunner(database, retypeAll()).through(Phase.CONTRACT);
        for (Phase phase : List.of(Phase.CONTRACT, Phase.VALIDATE, Phase.BACKFILL, Phase.EXPAND)) {
            runner.undo(phase);
        }
        assertThat(before.differences(database.snapshot("public"))).isEmpty();
    }

    @Test
    void anIndexInTheDefaultPlaceStaysThereWhateverTheRolesDefaultIs() {
        List<String> before = database.queryStrings(PLACES);
        database.executeAsSuperuser("ALTER ROLE " + database.user() + " SET default_tablespace = 'quick \"disk\"'");
        new PlanRunner(database, retypeAll()).through(Phase.PURGE);
        assertThat(database.queryStrings(PLACES)).isEqualTo(before);
    }

    @Test
    void aTablespaceInWhichTheRoleMayNotBuildIsRefusedBeforeAnythingIsChanged() {
        database.executeAsSuperuser(revoke());
        assertThatThrownBy(() -> new PlanRunner(database, retypeAll()))
                .isInstanceOf(PlanRefusedException.class)
                .hasMessageContaining("index \"users_pkey\" lies in tablespace \"quick \"\"disk\"\"\"")
                .hasMessageContaining("GRANT CREATE ON TABLESPACE \"quick \"\"disk\"\"\" TO");
    }
}
