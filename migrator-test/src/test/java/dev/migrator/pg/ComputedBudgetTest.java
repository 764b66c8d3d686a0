package dev.migrator.pg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Migration;
import dev.migrator.MigrationFiles;
import dev.migrator.Phase;
import dev.migrator.engine.Outcome;
import dev.migrator.test.internal.Waiting;
import dev.migrator.transform.BatchTransform;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** While the service is down that a function asks, no more rows are recorded as failed than may be passed over. */
@Timeout(60)
class ComputedBudgetTest {
    private static final int BATCH = 4;
    private static final Migration FEW = MigrationFiles.parse(
            ComputedSite.SEAL.id(),
            "few.yaml",
            """
            operations:
              - addColumn: { table: docs, column: seal, type: bytea, transform: sealed, inputs: [body] }
            backfill: { failedRows: 3 }
            gates: { contract: [], purge: [] }
            """);

    private final AtomicBoolean down = new AtomicBoolean();
    private final BatchTransform service = rows -> {
        if (down.get()) {
            throw new IllegalStateException("the service is down");
        }
        return ComputedSite.SEALED.compute(rows);
    };

    private static PostgresMigratorBuilder without(ComputedSite site) {
        return site.builder(site.database().pool()).migrations(List.of(FEW));
    }

    private PostgresMigrator with(ComputedSite site) {
        return without(site)
                .transform("sealed", service, ComputedSite.QUICK.withBatchSize(BATCH))
                .build();
    }

    private static void assertStopped(MigrationResult result) {
        assertThat(result.outcome()).isInstanceOfSatisfying(Outcome.Failed.class, failed -> assertThat(failed.message())
                .contains("more rows than the 3", "IllegalStateException"));
    }

    @Test
    void ofAQueueOnlyThoseAreTriedThatFailedUntilTheyCanBeComputed() throws Exception {
        try (ComputedSite site = new ComputedSite(40)) {
            PostgresMigrator migrator = with(site);
            ComputedSite.to(migrator, Phase.VALIDATE);
            down.set(true);
            site.database().execute("UPDATE docs SET body = 'later'");
            try (BackfillHelper helper = migrator.helpWithBackfills(1)) {
                Waiting.until(
                        Duration.ofSeconds(20),
                        () -> "too many failed",
                        () -> migrator.failedRows(FEW.id()).size() > 3);
                // It looks once a second.
                Thread.sleep(1300);
                assertThat(migrator.failedRows(FEW.id())).hasSize(BATCH);
                down.set(false);
                site.awaitRight();
                assertThat(migrator.failedRows(FEW.id())).isEmpty();
                assertThat(helper).isNotNull();
            }
        }
    }

    @Test
    void anEngineWithoutTheFunctionStopsWhenTooManyHaveFailed() {
        try (ComputedSite site = new ComputedSite(40)) {
            down.set(true);
            try (BackfillHelper helper = with(site).helpWithBackfills(1)) {
                assertStopped(without(site).build().migrate(Phase.BACKFILL).get(0));
                assertThat(helper.rows()).isZero();
            }
        }
    }

    @Test
    void contractStopsWhenTooManyHaveFailed() {
        try (ComputedSite site = new ComputedSite(40)) {
            PostgresMigrator migrator = with(site);
            ComputedSite.to(migrator, Phase.VALIDATE);
            down.set(true);
            site.database().execute("UPDATE docs SET body = 'later'");
            assertStopped(migrator.migrate(Phase.CONTRACT, FEW.id()).get(0));
            assertThat(migrator.failedRows(FEW.id())).hasSize(BATCH);
            down.set(false);
            ComputedSite.to(migrator, Phase.CONTRACT);
            assertThat(site.wrong()).isZero();
        }
    }
}
