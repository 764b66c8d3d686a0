package dev.migrator.pg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.migrator.Migration;
import dev.migrator.MigrationFiles;
import dev.migrator.Phase;
import dev.migrator.engine.Outcome;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.SchemaSnapshot;
import dev.migrator.test.TestDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A migration that an earlier build of the library has begun is finished, or rolled back, by this one. */
class OlderRecordTest {
    private static final String FOLDER = "/records/1/";
    private static final String ROWS =
            "SELECT u::text FROM users AS u UNION ALL SELECT o::text FROM orders AS o ORDER BY 1";
    private static final String FILE = "0001_every_operation.yaml";
    private static final Migration MIGRATION =
            MigrationFiles.parse("0001_every_operation", FILE, new String(bytes(FILE), StandardCharsets.UTF_8));

    /** What this build makes of the same tables by itself. */
    private final TestDatabase own = PostgresServer.shared().createDatabase();

    private final TestDatabase older = PostgresServer.shared().createDatabase();

    private static byte[] bytes(String name) {
        try (InputStream file = Objects.requireNonNull(OlderRecordTest.class.getResourceAsStream(FOLDER + name), name);
                InputStream plain = name.endsWith(".gz") ? new GZIPInputStream(file) : file) {
            return plain.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void run(TestDatabase database, String script) {
        database.execute(new String(bytes(script), StandardCharsets.UTF_8));
    }

    private static PostgresMigrator migrator(TestDatabase database) {
        return PostgresMigrator.builder(database.pool())
                .migrations(List.of(MIGRATION))
                .build();
    }

    /** The records are of a server before 18, where a NOT NULL has no name, by which the schema would differ. */
    @BeforeEach
    void makeTables() {
        assumeThat(own.server().majorVersion()).as("PostgreSQL").isLessThan(18);
        run(own, "before.sql");
    }

    @AfterEach
    void dropDatabases() {
        own.close();
        older.close();
    }

    private void assertSame() {
        SchemaSnapshot expected = own.snapshot("public");
        assertThat(expected.differences(older.snapshot("public"))).isEmpty();
        assertThat(older.queryStrings(ROWS)).isEqualTo(own.queryStrings(ROWS));
    }

    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"EXPAND", "CONTRACT"})
    void isFinished(Phase phase) {
        run(older, phase + ".sql.gz");
        assertThat(migrator(older).status().get(0).position().phase()).isEqualTo(phase);
        migrator(older).migrate(Phase.PURGE);
        migrator(own).migrate(Phase.PURGE);
        assertThat(migrator(older).status().get(0).position())
                .isEqualTo(migrator(own).status().get(0).position());
        assertSame();
    }

    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"EXPAND", "CONTRACT"})
    void isRolledBack(Phase phase) {
        run(older, phase + ".sql.gz");
        assertThat(migrator(older).rollback(MIGRATION.id(), Optional.empty())).isInstanceOf(Outcome.Arrived.class);
        assertSame();
    }
}
