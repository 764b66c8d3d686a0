package dev.migrator.pg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.transform.BatchTransform;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A helper does one thing for a while, then the other, however much there is of each. */
class ComputedTurnsTest {

    @Test
    @Timeout(60)
    void aQueueHasItsTurnWhileARangeOfAnotherMigrationGoesOn() throws Exception {
        Migration large = ComputedSite.migration(
                "0002_large",
                "- addColumn: { table: large, column: seal, type: bytea, transform: slow, inputs: [body] }");
        AtomicBoolean quick = new AtomicBoolean();
        CountDownLatch began = new CountDownLatch(1);
        BatchTransform slow = rows -> {
            began.countDown();
            LockSupport.parkNanos(quick.get() ? 0 : Duration.ofMillis(400).toNanos());
            return ComputedSite.SEALED.compute(rows);
        };
        try (ComputedSite site = new ComputedSite(10)) {
            site.database()
                    .execute(
                            "CREATE TABLE large (id int PRIMARY KEY, body text)",
                            "INSERT INTO large SELECT g, 'b' || g FROM generate_series(1, 500) g");
            PostgresMigratorBuilder builder =
                    site.builder(site.database().pool()).migrations(List.of(ComputedSite.SEAL, large));
            PostgresMigrator leader = builder.build();
            PostgresMigrator helping = builder.transform("sealed", ComputedSite.SEALED, ComputedSite.QUICK)
                    .transform("slow", slow, ComputedSite.QUICK)
                    .build();
            helping.migrate(Phase.VALIDATE, ComputedSite.SEAL.id());
            Thread leading = new Thread(() -> leader.migrate(Phase.BACKFILL, large.id()), "leader");
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
}
