package dev.migrator.pg.execute;

import static dev.migrator.pg.execute.BackfillSite.FILL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.migrator.engine.ErrorClass;
import dev.migrator.engine.StepFailure;
import dev.migrator.test.BackgroundSession;
import dev.migrator.test.EngineCrash;
import dev.migrator.test.FaultPlan;
import dev.migrator.test.FaultyDataSource;
import dev.migrator.test.TcpProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class BackfillUnderFireTest {
    private static final long SEED = Long.getLong("migrator.crash.seed", 1);

    /** At every n-th statement, from one on that the seed decides; at each in the thorough variant. */
    private static final int STRIDE = Boolean.getBoolean("migrator.test.thorough") ? 1 : 2;

    @Test
    void besideAnApplicationThatReadsAndWritesNothingFailsAndNothingIsLost() {
        long seed = System.nanoTime();
        try (BackfillSite users = BackfillSite.of(10_000);
                Application application = new Application(users.site.db, 3, n -> transaction(seed + n))) {
            users.run();
            application.close();

            assertThat(application.failures()).as("seed %d", seed).isEmpty();
            assertThat(application.completed()).isPositive();
            users.assertComplete();
        }
    }

    private static String transaction(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int id = random.nextInt(1, 10_000);
        // Several rows are locked in one order only: alone, these never deadlock.
        return switch (random.nextInt(5)) {
            case 0 -> "UPDATE users SET name = 'w" + id + "' WHERE id = " + id;
            case 1 ->
                "BEGIN; SELECT * FROM users WHERE id BETWEEN " + id + " AND " + (id + 20)
                        + " ORDER BY id FOR UPDATE; UPDATE users SET pad = 'x' WHERE id = " + id + "; COMMIT";
            case 2 -> "BEGIN; UPDATE users SET name = 'gone' WHERE id = " + id + "; ROLLBACK";
            case 3 ->
                "INSERT INTO users (id, name) VALUES (" + (10_000 + random.nextInt(1_000_000_000))
                        + ", 'new') ON CONFLICT DO NOTHING";
            default -> "DELETE FROM users WHERE id = " + id;
        };
    }

    @Test
    void anApplicationThatLocksInWhateverOrderNeverMeetsADeadlock() {
        try (BackfillSite users = BackfillSite.of(3_000);
                // One order: alone, these never deadlock.
                Application application = new Application(
                        users.site.db,
                        3,
                        n -> "BEGIN; UPDATE users SET pad = 'a' WHERE id = " + (3000 - n % 3000)
                                + "; COMMIT; BEGIN; UPDATE users SET pad = 'b' WHERE id IN (SELECT id FROM users WHERE id > "
                                + n % 2900 + " AND id < " + (n % 2900 + 50) + " ORDER BY id FOR UPDATE); COMMIT")) {
            users.run();
            application.close();
            assertThat(application.failures()).isEmpty();
            users.assertComplete();
        }
    }

    @Test
    void rowsThatSomebodyHasLockedAreLeftForLaterAndComeBackTo() {
        try (BackfillSite users = BackfillSite.of(5_000)) {
            BackgroundSession locker = BackgroundSession.holding(
                    users.site.db, "BEGIN; SELECT * FROM users WHERE id IN (1, 2500, 2501, 5000) FOR UPDATE");
            users.site.pace.atPause(3, () -> {
                assertThat(users.pending()).isEqualTo(4);
                locker.close();
            });
            users.run();
            users.assertComplete();
            assertThat(users.recordedRows()).isEqualTo(5_000);
        }
    }

    @Test
    void aRowThatSomebodyAlwaysHasLockedIsWaitedForInTheEnd() {
        try (BackfillSite users = BackfillSite.of(2_000);
                // One after the other: whoever has it hands it over to one who waits already.
                Application application = new Application(
                        users.site.db,
                        3,
                        n -> "BEGIN; SELECT FROM users WHERE id = 777 FOR UPDATE; SELECT pg_sleep(0.01); COMMIT")) {
            users.run();
            application.close();
            assertThat(application.failures()).isEmpty();
            users.assertComplete();
            assertThat(users.recordedRows()).isEqualTo(2_000);
            assertThat(users.site.db.queryLong("SELECT max(visit) FROM migrator.backfill_chunk"))
                    .as("visits")
                    .isLessThan(20);
        }
    }

    @Test
    void whoeverKeepsRowsLockedIsNamedInTheEnd() {
        try (BackfillSite users = BackfillSite.of(100);
                BackgroundSession locker = BackgroundSession.holding(
                        users.site.db, "BEGIN; SELECT * FROM users WHERE id = 7 FOR UPDATE")) {
            var settings = ExecutionSite.settings().withLockDeadline(Duration.ofSeconds(10));
            assertThatThrownBy(() -> users.run(settings)).isInstanceOfSatisfying(StepFailure.class, failure -> {
                assertThat(failure.errorClass()).isEqualTo(ErrorClass.PERMANENT);
                assertThat(failure.sqlState()).isEqualTo("55P03");
                assertThat(failure)
                        .hasMessageContaining("pid " + locker.pid())
                        .hasMessageContaining("goes on where it");
            });
            assertThat(users.pending()).isEqualTo(1);
            locker.close();
            users.run();
            users.assertComplete();
            assertThat(users.recordedRows()).isEqualTo(100);
        }
    }

    @Test
    void aLockOnTheWholeTableIsWaitedFor() {
        try (BackfillSite users = BackfillSite.of(100)) {
            BackgroundSession locker =
                    BackgroundSession.holding(users.site.db, "BEGIN; LOCK TABLE users IN SHARE MODE");
            users.site.pace.atPause(3, locker::close);
            users.run();
            users.assertComplete();
        }
    }

    @Test
    void batchesThatAreTooSlowAreHalved() {
        try (BackfillSite users = BackfillSite.of(1_000)) {
            // Far more than the limit for a batch of a whole small table, far less for a few rows.
            users.site.db.execute(
                    "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.002); RETURN NEW;"
                            + " END $$",
                    "CREATE TRIGGER slow BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION slow()");
            users.run();
            users.assertComplete();
            assertThat(users.recordedRows()).isEqualTo(1_000);
        }
    }

    @Test
    void batchesForWhichOthersWaitAreHalvedThoughTheyAreShortEnough() {
        Pattern range = Pattern.compile("ctid >= '\\((\\d+),0\\)'.*ctid < '\\((\\d+),0\\)'");
        Queue<Long> blocks = new ConcurrentLinkedQueue<>();
        try (BackfillSite users = BackfillSite.of(3_000)) {
            users.site.db.execute(
                    "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.001); RETURN NEW;"
                            + " END $$",
                    "CREATE TRIGGER slow BEFORE UPDATE ON users FOR EACH ROW WHEN (OLD.pending AND NOT NEW.pending)"
                            + " EXECUTE FUNCTION slow()");
            FaultyDataSource source = FaultyDataSource.over(users.site.db.dataSource(), FaultPlan.none(), sql -> {
                Matcher found = range.matcher(sql);
                if (sql.contains("UPDATE ONLY") && found.find()) {
                    blocks.add(Long.parseLong(found.group(2)) - Long.parseLong(found.group(1)));
                }
                return false;
            });
            try (Application application = new Application(
                    users.site.db,
                    3,
                    // Sixty neighbours: whichever lines of their pages a batch has, it has some of theirs.
                    n -> "SELECT FROM users WHERE id BETWEEN " + (1 + n % 3 * 1000) + " AND " + (60 + n % 3 * 1000)
                            + " ORDER BY id FOR UPDATE")) {
                users.site
                        .executor(source, ExecutionSite.settings().withBatchTarget(Duration.ofMillis(400)))
                        .run(users.site.lease, FILL, users.site.control());
                application.close();
                assertThat(application.failures()).isEmpty();
            }
            users.assertComplete();
            long whole = blocks.peek();
            assertThat(blocks).as("blocks of batches").anyMatch(size -> size > 0 && 2 * size <= whole);
        }
    }

    @Test
    void aRangeWhoseWorkerIsGoneIsFreeWhenItsLeaseHasRunOut() {
        try (BackfillSite users = BackfillSite.of(2_000)) {
            // After the engine has freed what others had, and before it looks for a range.
            FaultyDataSource source = FaultyDataSource.over(
                    users.site.db.dataSource(),
                    FaultPlan.onStatement(
                            1,
                            () -> users.site.db.execute(
                                    "UPDATE migrator.backfill_chunk SET owner = 'gone', lease_until = now() + '2s'")),
                    sql -> sql.contains("SKIP LOCKED") && sql.contains("lease_until"));
            users.run(source);

            assertThat(source.fired()).isTrue();
            users.assertComplete();
            assertThat(users.recordedRows()).isEqualTo(2_000);
        }
    }

    @Test
    void aBatchOfAWorkerWhoseRangeWasTakenFillsNothing() {
        try (BackfillSite users = BackfillSite.of(2_000)) {
            List<Long> pending = new ArrayList<>();
            FaultyDataSource source = FaultyDataSource.over(
                    users.site.db.dataSource(),
                    FaultPlan.onStatement(1, () -> {
                        users.site.db.execute(
                                "UPDATE migrator.backfill_chunk SET owner = 'another', lease_until = now() + '1s'");
                        pending.add(users.pending());
                    }),
                    sql -> {
                        if (sql.contains("SKIP LOCKED") && sql.contains("lease_until") && !pending.isEmpty()) {
                            pending.add(users.pending());
                        }
                        return sql.contains("UPDATE ONLY");
                    });
            users.run(source);

            assertThat(pending).hasSizeGreaterThan(1);
            assertThat(pending.subList(0, 2))
                    .as("pending when it was taken, and after its batch")
                    .containsOnly(2_000L);
            users.assertComplete();
        }
    }

    @Test
    void aCrashAtAnyStatementLosesNothingAndDoesNothingTwice() {
        // How many statements there are is a matter of time: of how often it looks around.
        int n = 1 - STRIDE + new Random(SEED).nextInt(STRIDE);
        for (boolean fired = true; fired; ) {
            n += STRIDE;
            try (BackfillSite users = BackfillSite.of(400)) {
                FaultyDataSource faulty = FaultyDataSource.over(users.site.db.dataSource(), FaultPlan.crashBefore(n));
                Throwable crash = catchThrowable(() -> users.run(faulty));
                fired = faulty.fired();
                if (fired) {
                    assertThat(crash).isInstanceOf(EngineCrash.class);
                } else {
                    assertThat(crash).isNull();
                }
                users.site.db.awaitNoSessions();
                users.site.takeOver();
                users.run();
                users.assertComplete();
                assertThat(users.recordedRows())
                        .as("crash before statement %d, seed %d", n, SEED)
                        .isEqualTo(400);
            }
        }
        assertThat(n).isGreaterThan(15);
    }

    @Test
    void aLostAnswerToAnyCommitIsUnknownAndNothingIsDoneTwice() {
        int commits = 1 - STRIDE + new Random(SEED).nextInt(STRIDE);
        boolean fired = true;
        while (fired) {
            commits += STRIDE;
            try (BackfillSite users = BackfillSite.of(400);
                    TcpProxy proxy = TcpProxy.inFrontOf(users.site.db.server())) {
                proxy.dropAnswerOf("COMMIT", commits);
                try {
                    users.run(users.site.db.dataSource(proxy));
                } catch (StepFailure failure) {
                    assertThat(failure.errorClass()).isEqualTo(ErrorClass.UNKNOWN);
                    users.site.settle();
                    users.run();
                }
                fired = proxy.fired();
                users.assertComplete();
                assertThat(users.recordedRows())
                        .as("lost answer to commit %d, seed %d", commits, SEED)
                        .isEqualTo(400);
            }
        }
        assertThat(commits).isGreaterThan(5);
    }

    @Test
    void twoEnginesInTurnsFillEachRowOnce() {
        try (BackfillSite users = BackfillSite.of(5_000)) {
            FaultyDataSource source = FaultyDataSource.over(
                    users.site.db.dataSource(), FaultPlan.crashAfter(4), sql -> sql.contains("UPDATE ONLY"));
            assertThatThrownBy(() -> users.run(source)).isInstanceOf(EngineCrash.class);
            users.site.takeOver();
            users.site.executor().run(users.site.lease, FILL, users.site.control());
            users.assertComplete();
            assertThat(users.recordedRows()).isEqualTo(5_000);
        }
    }
}
