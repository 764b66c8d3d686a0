package dev.migrator.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.migrator.MigrationFiles;
import dev.migrator.Phase;
import dev.migrator.test.internal.ContainerServer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Servers in containers; where there is no Docker, it is said that this was skipped, and why. */
class ContainerServerTest {

    @AfterEach
    void forget() {
        System.clearProperty(PostgresServer.PROVIDER);
    }

    @Test
    void aMigrationRunsInAContainer() {
        Optional<String> missing = ContainerServer.missing();
        assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
        System.setProperty(PostgresServer.PROVIDER, "testcontainers");
        MigrationSuite suite = MigrationSuite.of(
                BaseSchema.sql("shop/flyway"),
                List.of(MigrationFiles.parse(
                        "0001_it",
                        "0001_it.yaml",
                        "operations:\n  - renameColumn: { table: users, column: name, to: full_name }\n")));
        try (PostgresServer server = PostgresServer.builder().major(17).start();
                MigrationDatabase database = suite.createDatabase(server, Phase.CONTRACT)) {
            assertThat(server.toString()).contains("container");
            assertThat(database.rollback().phase()).isEmpty();
        }
    }

    @Test
    void withoutDockerAndABuildBothReasonsAreTold() {
        Optional<String> missing = ContainerServer.missing();
        assumeTrue(missing.isPresent(), "There is Docker here.");
        assertThat(missing).contains("There is no Docker that Testcontainers can reach.");
        System.setProperty(PostgresServer.PROVIDER, "testcontainers");
        assertThatThrownBy(() -> PostgresServer.builder().start()).hasMessage(missing.get());
        System.clearProperty(PostgresServer.PROVIDER);
        System.setProperty("migrator.test.postgres.binaries", "/nowhere");
        try {
            assertThatThrownBy(() -> PostgresServer.builder().major(16).start())
                    .hasMessageContaining("There is no build of PostgreSQL 16 in /nowhere.")
                    .hasMessageContaining("Nor can a container be started: There is no Docker");
        } finally {
            System.clearProperty("migrator.test.postgres.binaries");
        }
    }

    @Test
    void anUnknownProviderIsRefused() {
        System.setProperty(PostgresServer.PROVIDER, "podman");
        assertThatThrownBy(() -> PostgresServer.builder().start())
                .hasMessageContaining("is embedded or testcontainers, not podman")
                .hasMessageContaining("-Dmigrator.test.postgres.url");
    }
}
