package dev.migrator.pg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Migration;
import dev.migrator.MigrationFiles;
import dev.migrator.Phase;
import dev.migrator.engine.Outcome;
import dev.migrator.transform.BatchTransform;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A helper does one thing for a while, then the other, however much there is of each. */
class ComputedTurnsTest {
    private static final Migration LARGE = ComputedSite.migration(
            "0002_large", "- addColumn: { table: large, column: seal, type: bytea, transform: slow, inputs: [body] }");

    private static ComputedSite site(int rows) {
        ComputedSite site = new ComputedSite(10);
        site.database()
                .execute(
                        "CREATE TABLE large (id int PRIMARY KEY, body text)",
                        "INSERT INTO large SELECT g, 'b' || g FROM generate_series(1, " + rows + ") g");
        return site;
    }

    private static PostgresMigratorBuilder builder(ComputedSite site, Migration first) {
        return site.builder(site.database().pool()).migrations(List.of(first, LARGE));
    }

    @Test
    @Timeout(60)
    void aQueueHasItsTurnWhileARangeOfAnotherMigrationGoesOn() throws Exception {
        AtomicBoolean quick = new AtomicBoolean();
        CountDownLatch began = new CountDownLatch(1);
        BatchTransform slow = rows -> {
            began.countDown();
            LockSupport.parkNanos(quick.get() ? 0 : Duration.ofMillis(400).toNanos());
            return ComputedSite.SEALED.compute(rows);
        };
        try (ComputedSite site = site(500)) {
            PostgresMigratorBuilder builder = builder(site, ComputedSite.SEAL);
            PostgresMigrator leader = builder.build();
            PostgresMigrator helping = builder.transform("sealed", ComputedSite.SEALED, ComputedSite.QUICK)
                    .transform("slow", slow, ComputedSite.QUICK)
                    .build();
            helping.migrate(Phase.VALIDATE, ComputedSite.SEAL.id());
            Thread leading = new Thread(() -> leader.migrate(Phase.BACKFILL, LARGE.id()), "leader");
            leading.start();
            try (BackfillHelper helper = helping.helpWithBackfills(1)) {
                assertThat(began.await(20, TimeUnit.SECONDS)).isTrue();
                site.database().execute("UPDATE docs SET body = 'x' WHERE id = 1");
                site.awaitRight();
                // One range, which takes 12 s.
                assertThat(site.database().queryLong("SELECT count(*) FROM migrator.backfill_chunk WHERE NOT done"))
                        .isEqualTo(1);
                quick.set(true);
                leading.join(30_000);
                assertThat(helper.rows()).isEqualTo(501);
            }
            assertThat(site.database().queryLong("SELECT count(*) FROM large WHERE seal IS NULL"))
                    .isZero();
        }
    }

    @Test
    @Timeout(60)
    void aQueueThatItsThrottleHoldsBackKeepsNobodyFromRanges() {
        int hour = LocalTime.now(ZoneOffset.UTC).getHour();
        Migration later = MigrationFiles.parse(
                ComputedSite.SEAL.id(),
                "later.yaml",
                """
                operations:
                  - addColumn: { table: docs, column: seal, type: bytea, transform: sealed, inputs: [body] }
                backfill: { throttle: { windows: "%02d:00-%02d:00" } }
                gates: { contract: [], purge: [] }
                """
                        .formatted((hour + 3) % 24, (hour + 4) % 24));
        try (ComputedSite site = site(20)) {
            site.migrator(ComputedSite.SEALED).migrate(Phase.VALIDATE, ComputedSite.SEAL.id());
            site.database().execute("UPDATE docs SET body = 'x' WHERE id = 1");
            PostgresMigrator leader = builder(site, later).build();
            PostgresMigrator helping = builder(site, later)
                    .transform("sealed", ComputedSite.SEALED, ComputedSite.QUICK)
                    .transform("slow", ComputedSite.SEALED, ComputedSite.QUICK)
                    .build();
            try (BackfillHelper helper = helping.helpWithBackfills(1)) {
                String stopped = "SELECT count(*) %s 1 FROM migrator.phase_event WHERE event = 'throttle-stopped'";
                site.await(stopped.formatted("="));
                assertThat(leader.migrate(Phase.BACKFILL, LARGE.id()).get(0).outcome())
                        .isInstanceOf(Outcome.Arrived.class);
                assertThat(helper.rows()).isEqualTo(20);
                assertThat(site.wrong()).isEqualTo(1);
                assertThat(site.database().queryBoolean(stopped.formatted("=")))
                        .as("that it is stopped is told once")
                        .isTrue();
            }
        }
    }
}
