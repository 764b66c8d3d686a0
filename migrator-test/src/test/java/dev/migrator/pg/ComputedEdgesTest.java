package dev.migrator.pg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.engine.Outcome;
import dev.migrator.test.FaultPlan;
import dev.migrator.test.FaultyDataSource;
import dev.migrator.test.TestDatabase;
import dev.migrator.test.internal.Waiting;
import dev.migrator.transform.BatchTransform;
import dev.migrator.transform.TransformAnswer;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Computed columns beside what tables, roles and functions do that is less usual. */
class ComputedEdgesTest {

    @Test
    @Timeout(40)
    void aRowWhoseInputATriggerChangesAsItsValueIsWrittenStaysQueued() {
        try (ComputedSite site = new ComputedSite(20)) {
            TestDatabase database = site.database();
            PostgresMigrator migrator = site.migrator(ComputedSite.SEALED);
            // It changes what the value was computed from, three times for each row.
            database.execute(
                    "CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                            + " IF length(NEW.body) < 6 THEN NEW.body := NEW.body || '!'; END IF; RETURN NEW; END $$",
                    "CREATE TRIGGER stamp BEFORE UPDATE ON docs FOR EACH ROW EXECUTE FUNCTION stamp()");
            ComputedSite.to(migrator, Phase.VALIDATE);
            database.execute("UPDATE docs SET body = 'a' WHERE id = 3");
            ComputedSite.to(migrator, Phase.CONTRACT);
            assertThat(site.wrong()).isZero();
        }
    }

    @Test
    @Timeout(40)
    void valuesAreReadAlikeWhateverTheSettingsOfTheRole() {
        Migration when = ComputedSite.migration(
                "0001_when",
                "- addColumn: { table: docs, column: said, type: text, transform: said, inputs: [at, took] }");
        try (ComputedSite site = new ComputedSite(3)) {
            TestDatabase database = site.database();
            database.execute(
                    "ALTER TABLE docs ADD COLUMN at timestamptz DEFAULT '2024-03-01 12:00+00',"
                            + " ADD COLUMN took interval DEFAULT '1 day 2 hours'",
                    "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET IntervalStyle = sql_standard', current_database());"
                            + " EXECUTE format('ALTER DATABASE %I SET TimeZone = \"Asia/Tokyo\"', current_database()); END $$");
            PostgresMigrator migrator = PostgresMigrator.builder(database.dataSource())
                    .migrations(List.of(when))
                    .transform("said", rows -> rows.stream()
                            .map(row -> TransformAnswer.of(
                                    row,
                                    row.text("at").orElse("") + " "
                                            + row.text("took").orElse("")))
                            .toList())
                    .build();
            ComputedSite.to(migrator, Phase.BACKFILL);
            database.execute("UPDATE docs SET at = at - interval '1 day' WHERE id = 1");
            ComputedSite.to(migrator, Phase.CONTRACT);
            assertThat(database.queryStrings("SELECT DISTINCT said FROM docs ORDER BY 1"))
                    .containsExactly("2024-02-29 12:00:00+00 1 day 02:00:00", "2024-03-01 12:00:00+00 1 day 02:00:00");
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "migrator.test.thorough", matches = "true")
    @Timeout(40)
    void aFunctionThatNeverReturnsIsNotCalledInEverMoreThreads() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        AtomicInteger calls = new AtomicInteger();
        BatchTransform deaf = rows -> {
            calls.incrementAndGet();
            while (true) {
                try {
                    end.await();
                    return List.of();
                } catch (InterruptedException e) {
                    // As code does that blocks in native calls.
                }
            }
        };
        try (ComputedSite site = new ComputedSite(40)) {
            PostgresMigrator migrator = site.builder(site.database().dataSource())
                    .transform("sealed", deaf, ComputedSite.QUICK.withTimeLimit(Duration.ofMillis(1)))
                    .build();
            assertThat(migrator.migrate(Phase.BACKFILL, "0001_seal"))
                    .extracting(MigrationResult::outcome)
                    .allMatch(outcome -> outcome instanceof Outcome.Failed);
            assertThat(calls.get()).isLessThan(20);
        } finally {
            end.countDown();
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "migrator.test.thorough", matches = "true")
    @Timeout(40)
    void aFailedRowThatIsDeletedOrGivenItsValueIsForgotten() {
        BatchTransform picky = rows -> {
            if (rows.stream()
                    .anyMatch(row -> row.text("body").orElse("").equals("b2")
                            || row.text("body").orElse("").equals("b3"))) {
                throw new IllegalStateException("no");
            }
            return ComputedSite.SEALED.compute(rows);
        };
        try (ComputedSite site = new ComputedSite(10)) {
            PostgresMigrator migrator = site.migrator(picky);
            migrator.migrate(Phase.BACKFILL, "0001_seal");
            assertThat(migrator.failedRows("0001_seal")).hasSize(2);
            site.database()
                    .execute(
                            "DELETE FROM docs WHERE id = 2",
                            "UPDATE docs SET seal = convert_to('v:b3', 'UTF8') WHERE id = 3");
            try (BackfillHelper helper = migrator.helpWithBackfills(1)) {
                Waiting.until(Duration.ofSeconds(20), () -> "forgotten", () -> migrator.failedRows("0001_seal")
                        .isEmpty());
            }
        }
    }

    @Test
    @Timeout(40)
    void noLookAtRowsThatOthersHaveLocksRowsForLongerThanABatch() throws Exception {
        try (ComputedSite site = new ComputedSite(20);
                Connection other = site.database().connect();
                Statement statement = other.createStatement()) {
            FaultyDataSource source = FaultyDataSource.over(
                    site.database().pool(),
                    FaultPlan.none(),
                    sql -> sql.contains("FOR NO KEY UPDATE OF t SKIP LOCKED"));
            PostgresMigrator migrator = site.builder(source)
                    .transform("sealed", ComputedSite.SEALED, ComputedSite.QUICK)
                    .build();
            ComputedSite.to(migrator, Phase.EXPAND);
            other.setAutoCommit(false);
            statement.execute("SELECT FROM docs WHERE id = 7 FOR UPDATE");
            CompletableFuture<Void> filling =
                    CompletableFuture.runAsync(() -> ComputedSite.to(migrator, Phase.BACKFILL));
            // Only a range that is visited again is looked at so.
            Waiting.until(Duration.ofSeconds(20), () -> "a look", () -> source.count() > 0);
            other.rollback();
            filling.get(20, TimeUnit.SECONDS);
            assertThat(source.statements()).allMatch(sql -> sql.contains("statement_timeout = '500ms'"));
            assertThat(site.wrong()).isZero();
        }
    }
}
