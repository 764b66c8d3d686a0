package dev.migrator.pg.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.Migration;
import dev.migrator.MigrationFiles;
import dev.migrator.Phase;
import dev.migrator.pg.Databases;
import dev.migrator.plan.Finding;
import dev.migrator.test.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A stored generated column is added to a table without rows, and only there. */
class AddGeneratedTest {
    private static final String TABLE = "CREATE TABLE parcels (width int, height int, tag text)";
    private static final Migration ADD = MigrationFiles.parse(
            "0001_test",
            "0001_test.yaml",
            """
            operations:
              - addColumn: { table: parcels, column: area, type: bigint, generated: width * height, nullable: false }
              - addColumn: { table: parcels, column: day, type: date, generated: "'2026-01-01'" }
            """);

    private TestDatabase database;

    @BeforeEach
    void createDatabase() {
        database = Databases.withStateTables();
        database.execute(TABLE);
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    @Test
    void itIsTheColumnThatPostgresqlItselfAdds() {
        try (TestDatabase altered = Databases.withStateTables()) {
            altered.execute(
                    TABLE,
                    "ALTER TABLE parcels ADD area bigint GENERATED ALWAYS AS (width * height) STORED NOT NULL,"
                            + " ADD day date GENERATED ALWAYS AS ('2026-01-01') STORED");
            new PlanRunner(database, ADD).through(Phase.PURGE);
            assertThat(altered.snapshot("public").differences(database.snapshot("public")))
                    .isEmpty();
        }
        database.execute("INSERT INTO parcels VALUES (2, 3)");
        assertThat(database.queryRows("SELECT area, day FROM parcels")).containsExactly(List.of("6", "2026-01-01"));
    }

    @Test
    void nullIsRefusedFromValidateOnAndFitUntilThen() {
        PlanRunner runner = new PlanRunner(database, ADD).through(Phase.BACKFILL);
        database.execute("INSERT INTO parcels VALUES (2, NULL)", "DELETE FROM parcels");
        runner.run(Phase.VALIDATE);
        assertThatThrownBy(() -> database.execute("INSERT INTO parcels VALUES (2, NULL)"))
                .hasMessageContaining("violates not-null constraint");
    }

    @Test
    void aRowThatArrivesAfterThePlanStopsItUnderTheLock() {
        PlanRunner runner = new PlanRunner(database, ADD);
        var before = database.snapshot("public");
        database.execute("INSERT INTO parcels VALUES (2, 3)");
        assertThatThrownBy(() -> runner.run(Phase.EXPAND)).hasMessageContaining("had no rows, and has some now");
        assertThat(before.differences(database.snapshot("public"))).isEmpty();
    }

    /** A snapshot that is older than their removal may still see them. */
    @Test
    void rowsThatAreDeletedButNotGoneCountAsRows() {
        PlanRunner runner = new PlanRunner(database, ADD);
        database.execute("INSERT INTO parcels VALUES (2, 3)", "DELETE FROM parcels");
        assertThatThrownBy(() -> runner.run(Phase.EXPAND)).hasMessageContaining("had no rows, and has some now");
    }

    @Test
    void thePlanWarnsOfWritesThatItCannotBeComputedFor() {
        assertThat(new PlanRunner(database, ADD).plan().findings())
                .filteredOn(finding -> finding.severity() == Finding.Severity.WARNING)
                .allSatisfy(finding -> assertThat(finding.message()).contains("refuses every write"))
                .hasSize(2);
    }
}
