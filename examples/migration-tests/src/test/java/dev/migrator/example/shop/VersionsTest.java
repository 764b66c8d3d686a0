package dev.migrator.example.shop;

import static dev.migrator.test.assertions.MigratorAssertions.assertThat;

import dev.migrator.Phase;
import dev.migrator.test.MigrationDatabase;
import dev.migrator.test.junit.AtPhase;
import dev.migrator.test.junit.EachPostgres;
import dev.migrator.test.junit.MigrationTest;
import org.junit.jupiter.api.Test;

/** The oldest and the newest version that the shop runs on. */
@EachPostgres({14, 18})
@MigrationTest(flyway = "classpath:db/flyway", migrations = "db/migrator")
class VersionsTest {
    @Test
    @AtPhase(Phase.CONTRACT)
    void everyRowIsInStep(MigrationDatabase database) {
        assertThat(database).hasNoPendingRows();
    }
}
