package dev.migrator.pg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Migration;
import dev.migrator.MigrationFiles;
import dev.migrator.Phase;
import dev.migrator.engine.Outcome;
import dev.migrator.test.FaultPlan;
import dev.migrator.test.FaultyDataSource;
import dev.migrator.test.internal.Waiting;
import dev.migrator.transform.BatchTransform;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** What the application computes comes to an end: whatever writes beside it, and however it fails. */
@Timeout(60)
class ComputedEndsTest {
    private static BatchTransform slow(Duration time) {
        return rows -> {
            LockSupport.parkNanos(time.toNanos());
            return ComputedSite.SEALED.compute(rows);
        };
    }

    /** Writes rows one after the other until it is told to stop. */
    private static Thread writer(ComputedSite site, AtomicBoolean stopped) {
        Thread writer = new Thread(() -> {
            try (Connection connection = site.database().connect();
                    Statement statement = connection.createStatement()) {
                for (int n = 0; !stopped.get(); n++) {
                    statement.execute("UPDATE docs SET body = 'w" + n + "' WHERE id = " + (1 + n % 50));
                    LockSupport.parkNanos(200_000);
                }
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
        writer.start();
        return writer;
    }

    @Test
    void aBackfillBesideSteadyWrites() throws Exception {
        AtomicBoolean stopped = new AtomicBoolean();
        try (ComputedSite site = new ComputedSite(100)) {
            PostgresMigrator migrator = site.migrator(slow(Duration.ofMillis(5)));
            ComputedSite.to(migrator, Phase.EXPAND);
            Thread writer = writer(site, stopped);
            try {
                CompletableFuture.runAsync(() -> ComputedSite.to(migrator, Phase.BACKFILL))
                        .get(20, TimeUnit.SECONDS);
            } finally {
                stopped.set(true);
                writer.join();
            }
        }
    }

    @Test
    void aSweepOfRowsThatAllFailAtItsBudget() {
        Migration few = MigrationFiles.parse(
                ComputedSite.SEAL.id(),
                "few.yaml",
                """
                operations:
                  - addColumn: { table: docs, column: seal, type: bytea, transform: sealed, inputs: [body] }
                backfill: { failedRows: 5 }
                gates: { contract: [], purge: [] }
                """);
        AtomicInteger calls = new AtomicInteger();
        try (ComputedSite site = new ComputedSite(2000)) {
            PostgresMigrator migrator = site.builder(site.database().pool())
                    .migrations(List.of(few))
                    .transform(
                            "sealed",
                            rows -> {
                                calls.addAndGet(rows.size());
                                throw new IllegalStateException("the service is down");
                            },
                            ComputedSite.QUICK)
                    .build();
            assertThat(migrator.migrate(Phase.BACKFILL, few.id()).get(0).outcome())
                    .isInstanceOfSatisfying(Outcome.Failed.class, failed -> assertThat(failed.message())
                            .contains("more rows than the 5", "IllegalStateException"));
            // Two ranges' worth of batches, each row tried alone, and again by the queue.
            assertThat(calls.get()).isLessThan(500);
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "migrator.test.thorough", matches = "true")
    void aRetryOfRowsThatFailAgainEachAfterALongTime() {
        AtomicBoolean broken = new AtomicBoolean(true);
        BatchTransform picky = rows -> {
            if (broken.get()
                    && rows.stream().anyMatch(row -> row.text("body").orElse("").matches("b[1-4]"))) {
                LockSupport.parkNanos(Duration.ofMillis(400).toNanos());
                throw new IllegalStateException("no");
            }
            return ComputedSite.SEALED.compute(rows);
        };
        try (ComputedSite site = new ComputedSite(8)) {
            PostgresMigrator migrator = site.migrator(picky);
            migrator.migrate(Phase.BACKFILL, ComputedSite.SEAL.id());
            assertThat(migrator.failedRows(ComputedSite.SEAL.id())).hasSize(4);
            assertThat(migrator.retry(ComputedSite.SEAL.id()).mended()).isZero();
            broken.set(false);
            assertThat(migrator.retry(ComputedSite.SEAL.id()).mended()).isEqualTo(4);
            assertThat(site.wrong()).isZero();
        }
    }

    @Test
    @Timeout(9)
    void aRetryBesideARowThatSomebodyElseHasTriesThoseThatFailed() throws SQLException {
        AtomicBoolean broken = new AtomicBoolean(true);
        BatchTransform picky = rows -> {
            if (broken.get()
                    && rows.stream().anyMatch(row -> row.text("body").orElse("").matches("b[1-4]"))) {
                throw new IllegalStateException("no");
            }
            return ComputedSite.SEALED.compute(rows);
        };
        try (ComputedSite site = new ComputedSite(8);
                Connection other = site.database().connect();
                Statement statement = other.createStatement()) {
            PostgresMigrator migrator = site.migrator(picky);
            migrator.migrate(Phase.BACKFILL, ComputedSite.SEAL.id());
            assertThat(migrator.failedRows(ComputedSite.SEAL.id())).hasSize(4);
            site.database().execute("UPDATE docs SET body = 'later' WHERE id = 8");
            other.setAutoCommit(false);
            statement.execute("SELECT FROM docs WHERE id = 8 FOR UPDATE");
            broken.set(false);
            assertThat(migrator.retry(ComputedSite.SEAL.id()).mended()).isEqualTo(4);
            assertThat(site.wrong()).isEqualTo(1);
        }
    }

    @Test
    void aHelperWhoseSessionIsEndedComesBack() {
        try (ComputedSite site = new ComputedSite(300)) {
            PostgresMigrator leader = site.builder(site.database().pool()).build();
            ComputedSite.to(leader, Phase.EXPAND);
            // Both of its first batches are cut off, which is more than one try has patience for.
            FaultyDataSource cut = FaultyDataSource.over(
                    site.database().dataSource(),
                    FaultPlan.cutConnectionBefore(1),
                    sql -> sql.contains("UPDATE ONLY") && sql.contains("seal"));
            PostgresMigrator helping = site.builder(cut)
                    .transform("sealed", ComputedSite.SEALED, ComputedSite.QUICK)
                    .build();
            try (BackfillHelper helper = helping.helpWithBackfills(1)) {
                // This process can't compute: all of it is the helper's.
                ComputedSite.to(leader, Phase.BACKFILL);
                assertThat(cut.fired()).isTrue();
                assertThat(helper.rows()).isEqualTo(300);
                Waiting.until(Duration.ofSeconds(10), () -> "right", () -> site.wrong() == 0);
            }
        }
    }

    @Test
    void aHelperWhosePoolThrowsWhateverItLikesComesBack() {
        try (ComputedSite site = new ComputedSite(20)) {
            PostgresMigrator leader = site.builder(site.database().pool()).build();
            ComputedSite.to(leader, Phase.EXPAND);
            AtomicBoolean closed = new AtomicBoolean();
            AtomicInteger refused = new AtomicInteger();
            DataSource pool = site.database().pool();
            DataSource moody = (DataSource) Proxy.newProxyInstance(
                    ComputedEndsTest.class.getClassLoader(),
                    new Class<?>[] {DataSource.class},
                    (proxy, method, args) -> {
                        if (closed.get()) {
                            refused.incrementAndGet();
                            throw new IllegalStateException("the pool can't begin");
                        }
                        return method.invoke(pool, args);
                    });
            PostgresMigrator helping = site.builder(moody)
                    .transform("sealed", ComputedSite.SEALED, ComputedSite.QUICK)
                    .build();
            try (BackfillHelper helper = helping.helpWithBackfills(1)) {
                closed.set(true);
                Waiting.until(Duration.ofSeconds(10), () -> "refused", () -> refused.get() > 0);
                closed.set(false);
                ComputedSite.to(leader, Phase.BACKFILL);
                assertThat(helper.rows()).isEqualTo(20);
            }
        }
    }
}
