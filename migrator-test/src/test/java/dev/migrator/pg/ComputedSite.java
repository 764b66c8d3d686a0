package dev.migrator.pg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Migration;
import dev.migrator.MigrationFiles;
import dev.migrator.Phase;
import dev.migrator.engine.Outcome;
import dev.migrator.test.TestDatabase;
import dev.migrator.test.internal.Waiting;
import dev.migrator.transform.BatchTransform;
import dev.migrator.transform.TransformAnswer;
import dev.migrator.transform.TransformSettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;

/** A table of documents whose {@code seal} the application computes from their body. */
final class ComputedSite implements AutoCloseable {
    static final Migration SEAL = migration(
            "0001_seal", "- addColumn: { table: docs, column: seal, type: bytea, transform: sealed, inputs: [body] }");
    static final TransformSettings QUICK =
            TransformSettings.defaults().withBatchSize(16).withRetries(1, Duration.ofMillis(5));
    static final BatchTransform SEALED = rows -> rows.stream()
            .map(row -> TransformAnswer.of(row, sealed(row.text("body").orElse(""))))
            .toList();

    private static final String WRONG =
            "SELECT count(*) FROM docs WHERE seal IS DISTINCT FROM convert_to('v:' || coalesce(body, ''), 'UTF8')";

    private final TestDatabase database;

    ComputedSite(int rows) {
        database = Databases.withStateTables();
        database.execute(
                "CREATE TABLE docs (id int PRIMARY KEY, body text, hits int NOT NULL DEFAULT 0)",
                "INSERT INTO docs SELECT g, 'b' || g FROM generate_series(1, " + rows + ") g");
    }

    static Migration migration(String id, String operations) {
        return MigrationFiles.parse(
                id, id + ".yaml", "operations:\n" + operations.indent(2) + "gates: { contract: [], purge: [] }\n");
    }

    static byte[] sealed(String body) {
        return ("v:" + body).getBytes(StandardCharsets.UTF_8);
    }

    TestDatabase database() {
        return database;
    }

    PostgresMigratorBuilder builder(DataSource source) {
        return PostgresMigrator.builder(source)
                .migrations(List.of(SEAL))
                .leaseTime(Duration.ofSeconds(2))
                .retryFor(Duration.ZERO);
    }

    /** One of a process that has the function. */
    PostgresMigrator migrator(BatchTransform function) {
        return builder(database.pool()).transform("sealed", function, QUICK).build();
    }

    static void to(PostgresMigrator migrator, Phase phase) {
        String[] named = migrator.status().stream().map(MigrationStatus::id).toArray(String[]::new);
        assertThat(migrator.migrate(phase, named))
                .extracting(MigrationResult::outcome)
                .allMatch(outcome -> outcome instanceof Outcome.Arrived);
    }

    long wrong() {
        return database.queryLong(WRONG);
    }

    void await(String condition) {
        Waiting.until(Duration.ofMinutes(1), () -> condition, () -> database.queryBoolean(condition));
    }

    void awaitRight() {
        await("SELECT (" + WRONG + ") = 0");
    }

    @Override
    public void close() {
        database.close();
    }
}
