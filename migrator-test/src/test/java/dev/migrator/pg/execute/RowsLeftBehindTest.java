package dev.migrator.pg.execute;

import static dev.migrator.pg.execute.BackfillSite.FILL;
import static dev.migrator.pg.execute.ExecutionSite.USERS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.BackfillSettings;
import dev.migrator.engine.ErrorClass;
import dev.migrator.engine.Pace;
import dev.migrator.engine.StepFailure;
import dev.migrator.engine.StepStatus;
import dev.migrator.pg.internal.execute.PgExecutor;
import dev.migrator.pg.internal.throttle.ThrottleSetup;
import dev.migrator.plan.Action;
import dev.migrator.plan.Step;
import dev.migrator.test.BackgroundSession;
import dev.migrator.test.FaultPlan;
import dev.migrator.test.FaultyDataSource;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rows that an UPDATE leaves as they are, or has to wait for: a backfill neither goes round for ever nor leaves them silently. */
@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RowsLeftBehindTest {
    private static final Duration SOON = Duration.ofSeconds(2);

    private static Step filling(String assignments, String pending) {
        return ExecutionSite.step(1, new Action.Backfill(USERS, assignments, pending), new Action.Nothing());
    }

    private static void fails(ExecutionSite site, Step fill, String... words) {
        assertThatThrownBy(() -> site.executor(ExecutionSite.settings().withLockDeadline(SOON))
                        .run(site.lease, fill, site.control()))
                .isInstanceOfSatisfying(StepFailure.class, failure -> {
                    assertThat(failure.errorClass()).isEqualTo(ErrorClass.PERMANENT);
                    assertThat(failure).hasMessageContainingAll(words);
                });
    }

    @Test
    void aRowForWhichFillGivesNullIsRecordedAndNotFilledAgainAndAgain() {
        Step fill = filling("\"kind\" = (NULLIF(\"users\".\"name\", 'n7'))", "\"kind\" IS NULL");
        try (ExecutionSite site = ExecutionSite.of(fill)) {
            site.db.execute(
                    "CREATE DOMAIN kind AS text",
                    "CREATE TABLE users (id int PRIMARY KEY, name text, kind kind)",
                    "INSERT INTO users SELECT g, 'n' || g FROM generate_series(1, 100) AS g");
            fails(
                    site,
                    fill,
                    "1 row could not be filled",
                    "99 rows are filled",
                    "id=7 (23502: \"kind\" IS NULL still holds after the UPDATE: `fill` gives NULL for this row");

            site.db.execute("UPDATE users SET name = 'a name' WHERE id = 7");
            site.executor().run(site.lease, fill, site.control());
            assertThat(site.status(1)).isEqualTo(StepStatus.DONE);
        }
    }

    @Test
    void aRowThatATriggerLeavesAsItIsIsRecordedAndNobodyIsBlamed() {
        try (BackfillSite users = BackfillSite.of(300)) {
            users.site.db.execute(
                    "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
                    "CREATE TRIGGER keep BEFORE UPDATE ON users FOR EACH ROW WHEN (OLD.id > 150) EXECUTE FUNCTION keep()");
            fails(
                    users.site,
                    FILL,
                    "more rows than the 100 that may be passed over could not be filled",
                    "id=151 (23000: a trigger of the table suppresses the UPDATE)");
            assertThat(users.pending()).isEqualTo(150);
        }
    }

    @Test
    void aReferencedKeyIsLeftForLaterWhileSomebodyRefersToIt() {
        Step fill = filling("\"full_name\" = upper(\"users\".\"name\"), pending = false", "\"users\".\"pending\"");
        try (BackfillSite users = BackfillSite.bare(fill)) {
            users.site.db.execute("CREATE TABLE users (id int PRIMARY KEY, name text)");
            users.insert(1, 1000);
            users.expand();
            users.site.db.execute("CREATE UNIQUE INDEX ON users (full_name)");
            try (BackgroundSession child = BackgroundSession.holding(
                    users.site.db, "BEGIN; SELECT FROM users WHERE id IN (7, 500) FOR KEY SHARE")) {
                fails(users.site, fill, "pid " + child.pid());
                assertThat(users.pending()).isEqualTo(2);
            }
            users.site.executor().run(users.site.lease, fill, users.site.control());
            assertThat(users.pending()).isZero();
        }
    }

    @Test
    void aRowThatHasToWaitForAnotherTableHoldsUpNoOthers() {
        Step fill = filling("parent = id", "parent IS NULL");
        try (ExecutionSite site = ExecutionSite.of(fill)) {
            site.db.execute(
                    "CREATE TABLE parents (id int PRIMARY KEY)",
                    "INSERT INTO parents SELECT generate_series(0, 9)",
                    "CREATE TABLE users (id int PRIMARY KEY, parent int REFERENCES parents)",
                    "INSERT INTO users (id) SELECT g FROM generate_series(0, 9) AS g");
            try (BackgroundSession locker =
                    BackgroundSession.holding(site.db, "BEGIN; SELECT FROM parents WHERE id = 7 FOR UPDATE")) {
                fails(site, fill, "backfill of public.users");
                assertThat(locker.pid()).isPositive();
                assertThat(site.db.queryStrings("SELECT id FROM users WHERE parent IS NULL ORDER BY id"))
                        .containsExactly("7");
            }
        }
    }

    @Test
    void aTableThatIsRenamedBeneathItIsNotDone() {
        try (BackfillSite users = BackfillSite.of(3000)) {
            FaultyDataSource source = FaultyDataSource.over(
                    users.site.db.dataSource(),
                    FaultPlan.onStatement(3, () -> users.site.db.execute("ALTER TABLE users RENAME TO people")),
                    sql -> sql.contains("UPDATE ONLY"));
            assertThatThrownBy(() -> users.run(source)).isInstanceOfSatisfying(StepFailure.class, failure -> {
                assertThat(failure.errorClass()).isEqualTo(ErrorClass.PERMANENT);
                assertThat(failure)
                        .hasMessageContainingAll("public.users is not there any more under this name", "run it again");
            });
            assertThat(users.site.status(1)).isNotEqualTo(StepStatus.DONE);

            users.site.db.execute("ALTER TABLE people RENAME TO users");
            users.run();
            users.assertComplete();
        }
    }

    @Test
    void aComparisonOfATableThatIsNotThereProvesNothing() {
        Step compare = ExecutionSite.step(
                1,
                new Action.Compare(USERS, List.of(), List.of(new Action.Violation("bad", "bad", "Mend it"))),
                new Action.Nothing());
        try (ExecutionSite site = ExecutionSite.of(compare)) {
            fails(site, compare, "public.users is not there any more under this name");
        }
    }

    @Test
    void theRecordOfAFailedRowStaysWhileSomebodyHasItLocked() {
        Step fill = filling("number = number_of(name), pending = false", "pending");
        try (ExecutionSite site = ExecutionSite.of(fill)) {
            String numberOf = "CREATE OR REPLACE FUNCTION number_of(x text) RETURNS int LANGUAGE sql AS ";
            site.db.execute(
                    numberOf + "'SELECT x::int'",
                    "CREATE TABLE users (id int PRIMARY KEY, name text, number int, pending boolean DEFAULT true)",
                    "INSERT INTO users VALUES (1, '1'), (2, 'two')");
            fails(site, fill, "1 row could not be filled");
            site.db.execute("INSERT INTO users VALUES (3, '3')", numberOf + "'SELECT length(x)'");
            try (BackgroundSession locker =
                    BackgroundSession.holding(site.db, "BEGIN; SELECT FROM users WHERE id = 2 FOR UPDATE")) {
                fails(site, fill, "pid " + locker.pid());
                assertThat(site.db.queryStrings("SELECT row_key FROM migrator.failed_row"))
                        .containsExactly("id=2");
                assertThat(site.db.queryStrings("SELECT id FROM users WHERE pending"))
                        .containsExactly("2");
            }
            site.executor().run(site.lease, fill, site.control());
            assertThat(site.db.queryStrings("SELECT row_key FROM migrator.failed_row"))
                    .isEmpty();
            assertThat(site.status(1)).isEqualTo(StepStatus.DONE);
        }
    }

    @Test
    void workersThatAllMeetASecondRewriteMakeNewRangesOnce() {
        try (BackfillSite users = BackfillSite.of(6_000)) {
            users.site.db.execute(
                    "CREATE TABLE made (chunk int)",
                    "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS"
                            + " 'BEGIN INSERT INTO public.made VALUES (NEW.chunk); RETURN NULL; END'",
                    "CREATE TRIGGER note AFTER INSERT ON migrator.backfill_chunk FOR EACH ROW WHEN (NEW.filenode = 0)"
                            + " EXECUTE FUNCTION note()");
            AtomicInteger rewrites = new AtomicInteger();
            Runnable rewrite = () -> {
                rewrites.incrementAndGet();
                users.site.db.execute("VACUUM FULL users");
            };
            FaultyDataSource source = FaultyDataSource.over(
                    users.site.db.dataSource(),
                    FaultPlan.onStatement(5, rewrite).and(FaultPlan.onStatement(20, rewrite)),
                    sql -> sql.contains("UPDATE ONLY"));
            new PgExecutor(
                            source,
                            source,
                            users.site.store.sql(),
                            ExecutionSite.settings().withChunkBlocks(10),
                            Pace.system(),
                            (state, steps) -> List.of(),
                            ThrottleSetup.of(BackfillSettings.defaults().withWorkers(3)))
                    .run(users.site.lease, FILL, users.site.control());
            users.assertComplete();
            assertThat(users.site.db.queryLong("SELECT count(*) FROM made")).isEqualTo(rewrites.get());
        }
    }
}
