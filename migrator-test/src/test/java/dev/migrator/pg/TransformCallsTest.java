package dev.migrator.pg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Phase;
import dev.migrator.engine.EngineListener;
import dev.migrator.engine.Outcome;
import dev.migrator.test.FaultPlan;
import dev.migrator.test.FaultyDataSource;
import dev.migrator.transform.BatchTransform;
import dev.migrator.transform.TransformAnswer;
import dev.migrator.transform.TransformRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A column computed by functions that are slow, fail, or answer what they were not asked. */
class TransformCallsTest {
    private static final int ROWS = 200;

    private static boolean has(List<TransformRow> rows, String body) {
        return rows.stream().anyMatch(row -> row.text("body").equals(Optional.of(body)));
    }

    private static String failure(MigrationResult result) {
        assertThat(result.outcome()).isInstanceOf(Outcome.Failed.class);
        return result.outcome().toString();
    }

    private static PostgresMigrator migrator(ComputedSite site, BatchTransform function, Duration limit) {
        return site.builder(site.database().dataSource())
                .transform("sealed", function, ComputedSite.QUICK.withTimeLimit(limit))
                .build();
    }

    @Test
    void aSlowFunctionHoldsNoTransactionAndARowChangedMeanwhileGetsTheValueOfItsChange() {
        try (ComputedSite site = new ComputedSite(ROWS)) {
            AtomicInteger calls = new AtomicInteger();
            List<String> open = Collections.synchronizedList(new ArrayList<>());
            BatchTransform slow = rows -> {
                if (calls.incrementAndGet() < 4) {
                    open.addAll(site.database()
                            .queryStrings("SELECT query FROM pg_stat_activity WHERE xact_start IS NOT NULL"
                                    + " AND pid <> pg_backend_pid() AND datname = current_database() AND backend_type = 'client backend'"
                                    + " AND state <> 'active'"));
                    // All of the batch's rows: changed, changed in another column, gone, or given by a new release.
                    site.database()
                            .execute(
                                    "SET lock_timeout = '1s'",
                                    "UPDATE docs SET body = body || '!' WHERE id % 4 = 0",
                                    "UPDATE docs SET hits = hits + 1 WHERE id % 4 = 1",
                                    "DELETE FROM docs WHERE id % 40 = 2",
                                    "INSERT INTO docs SELECT g, 'again' FROM generate_series(2, " + ROWS + ", 40) g",
                                    "UPDATE docs SET body = 'own', seal = 'v:own' WHERE id % 4 = 3");
                    if (calls.get() == 2) {
                        site.database().execute("VACUUM FULL docs");
                    }
                }
                return ComputedSite.SEALED.compute(rows);
            };
            PostgresMigrator migrator = site.migrator(slow);
            ComputedSite.to(migrator, Phase.BACKFILL);
            assertThat(open).isEmpty();
            // What was written while the last rows were computed is a helper's.
            try (BackfillHelper helper = migrator.helpWithBackfills(1)) {
                site.awaitRight();
                assertThat(helper).isNotNull();
            }
            ComputedSite.to(migrator, Phase.PURGE);
            assertThat(site.wrong()).isZero();
            assertThat(site.database().queryLong("SELECT sum(hits) FROM docs")).isEqualTo(3 * ROWS / 4);
        }
    }

    @Test
    void aQueuedRowThatChangesWhileItIsComputedGetsTheValueOfItsChange() {
        try (ComputedSite site = new ComputedSite(8)) {
            ComputedSite.to(site.migrator(ComputedSite.SEALED), Phase.VALIDATE);
            site.database().execute("UPDATE docs SET body = 'first'", "UPDATE docs SET hits = 1 WHERE id = 1");
            AtomicInteger calls = new AtomicInteger();
            BatchTransform meanwhile = rows -> {
                if (calls.incrementAndGet() == 1) {
                    assertThat(rows).hasSize(8);
                    site.database()
                            .execute(
                                    "UPDATE docs SET hits = 2 WHERE id <= 2",
                                    "UPDATE docs SET body = 'second' WHERE id = 3",
                                    "DELETE FROM docs WHERE id IN (4, 5)",
                                    "INSERT INTO docs VALUES (4, 'second')",
                                    "UPDATE docs SET seal = 'own' WHERE id = 6",
                                    "UPDATE docs SET id = 9 WHERE id = 7",
                                    "UPDATE docs SET id = 7, body = 'second' WHERE id = 8");
                }
                return ComputedSite.SEALED.compute(rows);
            };
            ComputedSite.to(site.migrator(meanwhile), Phase.CONTRACT);
            assertThat(site.database().queryString("SELECT convert_from(seal, 'UTF8') FROM docs WHERE id = 6"))
                    .isEqualTo("own");
            assertThat(site.wrong()).as("but for the row that a release gave").isEqualTo(1);
            // What was written in another column only did not have to be computed again.
            assertThat(calls.get()).isLessThanOrEqualTo(3);
        }
    }

    @Test
    void noMoreRowsASecondAreGivenToItThanItWants() {
        try (ComputedSite site = new ComputedSite(ROWS)) {
            List<Long> begun = Collections.synchronizedList(new ArrayList<>());
            BatchTransform function = rows -> {
                begun.add(System.nanoTime());
                return ComputedSite.SEALED.compute(rows);
            };
            PostgresMigrator migrator = site.builder(site.database().dataSource())
                    .transform("sealed", function, ComputedSite.QUICK.withRowsPerSecond(ROWS))
                    .build();
            ComputedSite.to(migrator, Phase.BACKFILL);
            assertThat(site.wrong()).isZero();
            // The last batch, of 8, has its turn when the 192 rows before it have had theirs.
            assertThat(begun.get(begun.size() - 1) - begun.get(0)).isGreaterThan(950_000_000L);
        }
    }

    @Test
    void aRowWrittenWhileContractIsAboutToEndTheComputingIsComputedFirst() {
        try (ComputedSite site = new ComputedSite(20)) {
            ComputedSite.to(site.migrator(ComputedSite.SEALED), Phase.VALIDATE);
            FaultyDataSource source = FaultyDataSource.over(
                    site.database().dataSource(),
                    FaultPlan.onStatement(
                            1, () -> site.database().execute("UPDATE docs SET body = 'late' WHERE id = 1")),
                    sql -> sql.contains("Rows are pending again"));
            ComputedSite.to(
                    site.builder(source)
                            .transform("sealed", ComputedSite.SEALED, ComputedSite.QUICK)
                            .build(),
                    Phase.CONTRACT);
            assertThat(source.fired()).isTrue();
            assertThat(site.wrong()).isZero();
        }
    }

    @Test
    void backfillIsNotCompleteWhileARowHasWaitedForLong() {
        try (ComputedSite site = new ComputedSite(5)) {
            ComputedSite.to(site.migrator(ComputedSite.SEALED), Phase.EXPAND);
            site.database().execute("UPDATE docs SET body = 'x' WHERE id = 1");
            String queue = site.database()
                    .queryString("SELECT oid::regclass::text FROM pg_class WHERE relname ~ '^queue_[0-9a-f]{8}$'");
            site.database()
                    .execute("UPDATE " + queue + " SET owner = 'another', queued_at = now() - interval '1 minute',"
                            + " not_before = now() + interval '2s'");
            List<String> told = Collections.synchronizedList(new ArrayList<>());
            EngineListener listener = new EngineListener() {
                @Override
                public void waits(String migration, String reason) {
                    told.add(reason);
                }
            };
            ComputedSite.to(
                    site.builder(site.database().dataSource())
                            .transform("sealed", ComputedSite.SEALED, ComputedSite.QUICK)
                            .listener(listener)
                            .build(),
                    Phase.BACKFILL);
            assertThat(told).anyMatch(text -> text.contains("behind what releases write: 1 row waits"));
            assertThat(site.wrong()).isZero();
        }
    }

    @Test
    void answersThatAreMissingDoubledOrForOthersAreNotTakenForAnyRow() {
        try (ComputedSite site = new ComputedSite(ROWS / 2)) {
            List<TransformAnswer> earlier = Collections.synchronizedList(new ArrayList<>());
            AtomicInteger calls = new AtomicInteger();
            BatchTransform careless = rows -> {
                List<TransformAnswer> answers = new ArrayList<>(ComputedSite.SEALED.compute(rows));
                Collections.shuffle(answers);
                if (rows.size() == 1) {
                    earlier.addAll(answers);
                    return answers;
                }
                switch (calls.incrementAndGet() % 5) {
                    case 0 -> answers.remove(0);
                    case 1 -> answers.add(TransformAnswer.of(rows.get(0), "twice"));
                    case 2 ->
                        answers.set(
                                0,
                                new TransformAnswer(
                                        answers.get(1).row(), answers.get(0).value()));
                    case 3 ->
                        answers.set(0, earlier.isEmpty() ? new TransformAnswer(-1, Optional.empty()) : earlier.get(0));
                    default -> answers.set(0, TransformAnswer.of(rows.get(0), new Object()));
                }
                return answers;
            };
            ComputedSite.to(site.migrator(careless), Phase.BACKFILL);
            assertThat(site.wrong()).isZero();
            assertThat(calls.get()).isGreaterThan(10);
        }
    }

    @Test
    void rowsThatCannotBeComputedArePassedOverNamedAndTriedAgain() {
        try (ComputedSite site = new ComputedSite(ROWS)) {
            AtomicBoolean mended = new AtomicBoolean();
            CountDownLatch never = new CountDownLatch(1);
            BatchTransform failing = rows -> {
                if (!mended.get() && has(rows, "b13")) {
                    throw new IllegalStateException("secret of b13");
                } else if (!mended.get() && has(rows, "b14")) {
                    never.await(1, TimeUnit.MINUTES);
                }
                return rows.stream()
                        .map(row -> !mended.get() && row.key().equals("id=15")
                                ? TransformAnswer.of(row, "\\xno bytes")
                                : TransformAnswer.of(
                                        row,
                                        ComputedSite.sealed(row.text("body").orElse(""))))
                        .toList();
            };
            PostgresMigrator migrator = migrator(site, failing, Duration.ofMillis(150));
            String failure = failure(migrator.migrate(Phase.BACKFILL).get(0));
            assertThat(failure)
                    .contains(
                            "3 rows could not be filled",
                            "id=13",
                            "id=14",
                            "id=15",
                            "within 150 ms",
                            "IllegalStateException")
                    .doesNotContain("secret");
            assertThat(site.wrong()).isEqualTo(3);
            assertThat(migrator.failedRows(ComputedSite.SEAL.id()))
                    .extracting(FailedRow::key)
                    .containsExactlyInAnyOrder("id=13", "id=14", "id=15");
            assertThat(site.database().queryLong("SELECT count(*) FROM docs WHERE seal IS NOT NULL"))
                    .isEqualTo(ROWS - 3);
            mended.set(true);
            ComputedSite.to(migrator, Phase.CONTRACT);
            assertThat(site.wrong()).isZero();
            assertThat(migrator.failedRows(ComputedSite.SEAL.id())).isEmpty();
        }
    }

    @Test
    void contractNamesARowThatCannotBeComputedAndGoesOnWhenItCan() {
        try (ComputedSite site = new ComputedSite(5)) {
            AtomicBoolean mended = new AtomicBoolean();
            PostgresMigrator migrator = site.migrator(rows -> {
                if (!mended.get() && has(rows, "bad")) {
                    throw new IllegalStateException("bad");
                }
                return ComputedSite.SEALED.compute(rows);
            });
            ComputedSite.to(migrator, Phase.VALIDATE);
            site.database()
                    .execute("UPDATE docs SET body = 'bad' WHERE id = 2", "UPDATE docs SET body = 'c' WHERE id = 3");
            assertThat(failure(migrator.migrate(Phase.CONTRACT).get(0))).contains("id=2", "nothing was changed");
            assertThat(site.wrong()).isEqualTo(1);
            assertThat(migrator.failedRows(ComputedSite.SEAL.id()))
                    .extracting(FailedRow::key)
                    .containsExactly("id=2");
            mended.set(true);
            ComputedSite.to(migrator, Phase.CONTRACT);
            assertThat(site.wrong()).isZero();
            assertThat(migrator.failedRows(ComputedSite.SEAL.id())).isEmpty();
        }
    }

    @Test
    void anEngineWithoutTheFunctionLeadsAndWaitsForAProcessThatHasIt() throws Exception {
        try (ComputedSite site = new ComputedSite(ROWS)) {
            CountDownLatch waits = new CountDownLatch(1);
            List<String> told = Collections.synchronizedList(new ArrayList<>());
            PostgresMigrator without = site.builder(site.database().dataSource())
                    .listener(new EngineListener() {
                        @Override
                        public void waits(String migration, String reason) {
                            told.add(reason);
                            waits.countDown();
                        }
                    })
                    .lockDeadline(Duration.ofSeconds(2))
                    .build();
            Thread leader = new Thread(() -> without.migrate(Phase.VALIDATE), "leader");
            leader.start();
            assertThat(waits.await(1, TimeUnit.MINUTES)).isTrue();
            BackfillHelper useless = without.helpWithBackfills(1);
            BackfillHelper helper = site.migrator(ComputedSite.SEALED).helpWithBackfills(1);
            try (useless;
                    helper) {
                leader.join(60_000);
            }
            assertThat(useless.rows()).isZero();
            assertThat(helper.rows()).isEqualTo(ROWS);
            assertThat(told).anyMatch(text -> text.contains("has the transform sealed"));
            assertThat(site.wrong()).isZero();
            // Nobody computes any more: CONTRACT must not leave a row behind.
            site.database().execute("UPDATE docs SET body = 'late' WHERE id = 1");
            assertThat(without.status().get(0).backfill().orElseThrow().freshness())
                    .get()
                    .extracting(BackfillStatus.Freshness::entries)
                    .isEqualTo(1L);
            assertThat(failure(without.migrate(Phase.CONTRACT).get(0)))
                    .contains("1 row waits", "has the transform sealed", "Nothing was changed");
            ComputedSite.to(site.migrator(ComputedSite.SEALED), Phase.CONTRACT);
            assertThat(site.wrong()).isZero();
            assertThat(without.status().get(0).backfill().orElseThrow().freshness())
                    .isEmpty();
        }
    }
}
