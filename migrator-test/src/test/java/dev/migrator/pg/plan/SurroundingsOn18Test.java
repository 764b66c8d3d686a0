package dev.migrator.pg.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.migrator.Phase;
import dev.migrator.engine.PlanRefusedException;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What only PostgreSQL 18 knows: temporal keys, constraints that are not enforced, names of NOT NULL, virtual columns. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SurroundingsOn18Test {
    private static final String RENAME = "- renameColumn: { table: users, column: n, to: number }\n";
    private static final String WIDEN = "- changeType: { table: users, column: n, type: bigint }\n";

    private PostgresServer server;

    @BeforeAll
    void startServer() {
        assumeThat(PostgresServer.missing(18)).isEmpty();
        server = PostgresServer.start(18);
    }

    @AfterAll
    void stopServer() {
        if (server != null) {
            server.close();
        }
    }

    /** The constraints after PURGE; on the way a rollback has brought everything back. */
    private List<String> constraintsAfter(String operations, String... schema) {
        try (TestDatabase database = server.createDatabase()) {
            database.execute(schema);
            var before = database.snapshot("public");
            PlanRunner runner = new Users(database).plan(operations).through(Phase.CONTRACT);
            for (Phase phase : List.of(Phase.CONTRACT, Phase.VALIDATE, Phase.BACKFILL, Phase.EXPAND)) {
                runner.undo(phase);
            }
            assertThat(before.differences(database.snapshot("public"))).isEmpty();
            runner.through(Phase.PURGE);
            return database.queryStrings(
                    "SELECT conname || ': ' || pg_get_constraintdef(oid) || coalesce(' -- ' || obj_description(oid, 'pg_constraint'), '')"
                            + " FROM pg_constraint WHERE conrelid = 'users'::regclass AND contype <> 'p' ORDER BY 1");
        }
    }

    @Test
    void aNotNullKeepsItsNameItsCommentAndThatItIsNotInherited() {
        String[] schema = {
            "CREATE TABLE users (n int CONSTRAINT must NOT NULL NO INHERIT, m int NOT NULL)",
            "COMMENT ON CONSTRAINT must ON users IS 'it must'",
            "INSERT INTO users VALUES (1, 1)"
        };
        String other = "users_m_not_null: NOT NULL m";
        assertThat(constraintsAfter(RENAME, schema))
                .containsExactly("must: NOT NULL number NO INHERIT -- it must", other);
        assertThat(constraintsAfter(WIDEN, schema)).containsExactly("must: NOT NULL n NO INHERIT -- it must", other);
        assertThat(constraintsAfter("- dropColumn: { table: users, column: n, down: m }\n", schema))
                .containsExactly(other);
        assertThat(constraintsAfter(WIDEN.replace("column: n", "column: m"), schema))
                .containsExactly("must: NOT NULL n NO INHERIT -- it must", other);
    }

    @Test
    void constraintsThatAreNotEnforcedAreCarriedAsTheyAre() {
        String[] schema = {
            "CREATE TABLE teams (id int PRIMARY KEY)",
            """
            CREATE TABLE users (id int PRIMARY KEY, n int CONSTRAINT small CHECK (n < 3) NOT ENFORCED
              CONSTRAINT of_team REFERENCES teams NOT ENFORCED)
            """,
            "INSERT INTO users VALUES (1, 4)"
        };
        assertThat(constraintsAfter(RENAME, schema))
                .anyMatch(line -> line.equals("small: CHECK ((number < 3)) NOT ENFORCED"))
                .anyMatch(line -> line.equals("of_team: FOREIGN KEY (number) REFERENCES teams(id) NOT ENFORCED"));
        assertThat(constraintsAfter(WIDEN, schema))
                .anyMatch(line -> line.startsWith("small: CHECK ((n < 3)) NOT ENFORCED"))
                .anyMatch(line -> line.equals("of_team: FOREIGN KEY (n) REFERENCES teams(id) NOT ENFORCED"));
    }

    @Test
    void aTemporalForeignKeyIsCarried() {
        for (String column : List.of("n", "at")) {
            String key = column.equals("n") ? "(number, PERIOD at)" : "(n, PERIOD number)";
            assertThat(constraintsAfter(
                            RENAME.replace("column: n", "column: " + column),
                            "CREATE TABLE teams (id int4range, at daterange, PRIMARY KEY (id, at WITHOUT OVERLAPS))",
                            """
                            CREATE TABLE users (id int PRIMARY KEY, n int4range, at daterange,
                              CONSTRAINT of_team FOREIGN KEY (n, PERIOD at) REFERENCES teams (id, PERIOD at))
                            """,
                            "INSERT INTO teams VALUES ('[1,2)', '[2020-01-01,2021-01-01)')",
                            "INSERT INTO users VALUES (1, '[1,2)', '[2020-01-01,2021-01-01)')"))
                    .anyMatch(line -> line.equals("of_team: FOREIGN KEY " + key + " REFERENCES teams(id, PERIOD at)"));
        }
    }

    @Test
    void whatCannotBeCarriedIsRefused() {
        refused(
                "is a key WITHOUT OVERLAPS",
                "CREATE TABLE users (n int4range, at daterange, UNIQUE (n, at WITHOUT OVERLAPS))");
        refused(
                "is a key WITHOUT OVERLAPS",
                "CREATE TABLE users (n int4range, at daterange, PRIMARY KEY (n, at WITHOUT OVERLAPS))");
        refused(
                "generated column g depends on",
                "CREATE TABLE users (n int, g int GENERATED ALWAYS AS (n + 1) VIRTUAL)");
        refused(
                "(\"later\") is not validated",
                "CREATE TABLE users (n int)",
                "ALTER TABLE users ADD CONSTRAINT later NOT NULL n NOT VALID");
    }

    private void refused(String message, String... schema) {
        try (TestDatabase database = server.createDatabase()) {
            database.execute(schema);
            assertThatThrownBy(() -> new Users(database).plan(RENAME))
                    .isInstanceOf(PlanRefusedException.class)
                    .hasMessageContaining(message);
        }
    }

    @Test
    void aTableWithRowsIsToldOfVirtualColumns() {
        try (TestDatabase database = server.createDatabase()) {
            database.execute("CREATE TABLE users (n int)", "INSERT INTO users VALUES (1)");
            assertThatThrownBy(() -> new Users(database)
                            .plan("- addColumn: { table: users, column: g, type: int, generated: n + 1 }\n"))
                    .isInstanceOf(PlanRefusedException.class)
                    .hasMessageContaining("or add a VIRTUAL column");
        }
    }
}
