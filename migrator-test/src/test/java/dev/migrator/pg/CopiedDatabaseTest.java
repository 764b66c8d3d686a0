package dev.migrator.pg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.engine.Outcome;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.SchemaSnapshot;
import dev.migrator.test.TestDatabase;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A database is copied, renamed or restored under another name while a migration is under way in it. */
class CopiedDatabaseTest {
    private static final Migration RENAME = Migration.builder("0001_name")
            .renameColumn("users", "name", "full_name")
            .gates(Phase.CONTRACT)
            .gates(Phase.PURGE)
            .build();

    /** The original is what the application works on, the copy what is made of it. */
    private final TestDatabase original = PostgresServer.shared().createDatabase();

    private final TestDatabase copy = PostgresServer.shared().createDatabase();

    @AfterEach
    void dropDatabases() {
        copy.close();
        original.close();
    }

    private static PostgresMigrator migrator(DataSource source) {
        return PostgresMigrator.builder(source).migrations(List.of(RENAME)).build();
    }

    private PGSimpleDataSource copied() {
        original.awaitNoSessions();
        try (TestDatabase seat = PostgresServer.shared().createDatabase()) {
            seat.executeAsSuperuser(
                    "DROP DATABASE %s WITH (FORCE)".formatted(copy.name()),
                    "CREATE DATABASE %s TEMPLATE %s OWNER %s".formatted(copy.name(), original.name(), original.user()));
        }
        PGSimpleDataSource source = original.dataSource();
        source.setDatabaseName(copy.name());
        return source;
    }

    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"EXPAND", "VALIDATE", "CONTRACT"})
    void theCopyGoesOnFromWhereTheOriginalWas(Phase phase) {
        original.execute(
                "CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL)",
                "INSERT INTO users VALUES (1, 'Ada'), (2, 'Grace')");
        SchemaSnapshot before = original.snapshot("public");
        migrator(original.dataSource()).migrate(phase);
        PostgresMigrator migrator = migrator(copied());
        MigrationStatus status = migrator.status().get(0);
        assertThat(status.position().phase()).isEqualTo(phase);
        assertThat(status.target()).isEqualTo(copy.name());
        assertThat(migrator.rollback(RENAME.id(), Optional.empty())).isInstanceOf(Outcome.Arrived.class);
        assertThat(before.differences(copy.snapshot("public"))).isEmpty();

        migrator(original.dataSource()).migrate(Phase.PURGE);
        assertThat(original.queryStrings("SELECT full_name FROM users ORDER BY id"))
                .containsExactly("Ada", "Grace");
    }
}
