package dev.migrator.pg.execute;

import static dev.migrator.pg.execute.ExecutionSite.exclusively;
import static dev.migrator.pg.execute.ExecutionSite.settings;
import static dev.migrator.pg.execute.ExecutionSite.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.QualifiedName;
import dev.migrator.engine.ErrorClass;
import dev.migrator.engine.PausedException;
import dev.migrator.engine.StepFailure;
import dev.migrator.engine.StepStatus;
import dev.migrator.pg.internal.transact.ExecutorSettings;
import dev.migrator.plan.Action;
import dev.migrator.plan.LockMode;
import dev.migrator.plan.Step;
import dev.migrator.plan.TableLock;
import dev.migrator.test.BackgroundSession;
import dev.migrator.test.FaultPlan;
import dev.migrator.test.FaultyDataSource;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LockProtocolTest {
    private static final Step ADD =
            step(1, exclusively("ALTER TABLE public.users ADD COLUMN added int"), new Action.Nothing());

    private static ExecutionSite site() {
        ExecutionSite site = ExecutionSite.of(ADD);
        site.db.execute("CREATE TABLE users (id int PRIMARY KEY, name text)", "INSERT INTO users VALUES (1, 'Ann')");
        return site;
    }

    private static ExecutorSettings impatient() {
        return settings().withLockDeadline(Duration.ofSeconds(20));
    }

    @Test
    void aReaderThatHoldsItsLockIsNamedAndTheApplicationGoesOn() {
        try (ExecutionSite site = site();
                BackgroundSession reader = BackgroundSession.holding(
                        site.db, "SET application_name = 'billing'; BEGIN; SELECT 'the reader' FROM users");
                Application application = new Application(
                        site.db,
                        2,
                        n -> n % 2 == 0 ? "SELECT * FROM users" : "UPDATE users SET name = 'Bob' WHERE id = 1")) {
            assertThatThrownBy(() -> site.executor(impatient()).run(site.lease, ADD, site.control()))
                    .isInstanceOfSatisfying(StepFailure.class, failure -> {
                        assertThat(failure.errorClass()).isEqualTo(ErrorClass.PERMANENT);
                        assertThat(failure.sqlState()).isEqualTo("55P03");
                        assertThat(failure)
                                .hasMessageContaining("ACCESS EXCLUSIVE on \"public\".\"users\" within 20 s")
                                .hasMessageContaining(
                                        "pid " + reader.pid() + " (user " + site.db.user() + ", application billing")
                                .hasMessageContaining("idle in transaction, transaction open for")
                                .hasMessageContaining("ACCESS SHARE on users; last query: ")
                                .hasMessageContaining("SELECT 'the reader' FROM users")
                                .hasMessageContaining("Nothing was changed")
                                .hasMessageContaining("SELECT pg_terminate_backend(" + reader.pid() + ")");
                    });
            application.close();
            assertThat(application.failures()).isEmpty();
            assertThat(application.completed()).isPositive();
            assertThat(site.status(1)).isEqualTo(StepStatus.PLANNED);
        }
    }

    @Test
    void theStepGoesOnWhenTheReaderIsGone() {
        try (ExecutionSite site = site()) {
            BackgroundSession reader = BackgroundSession.holding(site.db, "BEGIN; SELECT * FROM users");
            site.pace.atPause(5, reader::close);
            site.executor().run(site.lease, ADD, site.control());

            assertThat(site.status(1)).isEqualTo(StepStatus.DONE);
            assertThat(site.db.queryString("SELECT blocked_by FROM migrator.step"))
                    .contains("pid " + reader.pid());
        }
    }

    @Test
    void whoItWaitsForIsToldOnceAndAgainWhenItIsSomebodyElse() {
        try (ExecutionSite site = site()) {
            BackgroundSession first =
                    BackgroundSession.holding(site.db, "SET application_name = 'billing'; BEGIN; SELECT * FROM users");
            BackgroundSession second = BackgroundSession.holding(site.db, "SET application_name = 'reports'");
            site.pace.atPause(12, () -> {
                second.execute("BEGIN; SELECT * FROM users");
                first.close();
                site.pace.atPause(12, second::close);
            });
            site.executor(settings().withLockDeadline(Duration.ofMinutes(10))).run(site.lease, ADD, site.control());

            assertThat(site.status(1)).isEqualTo(StepStatus.DONE);
            assertThat(site.waits)
                    .satisfiesExactly(
                            told -> assertThat(told)
                                    .startsWith("ACCESS EXCLUSIVE on \"public\".\"users\", in the way: pid "
                                            + first.pid() + " (user ")
                                    .contains("application billing", "idle in transaction, transaction open for"),
                            told -> assertThat(told).contains("pid " + second.pid()));
        }
    }

    @Test
    void whileATransactionIsOpenForLongNobodyIsMadeToQueueBehindATry() {
        try (ExecutionSite site = site();
                BackgroundSession reader = BackgroundSession.holding(site.db, "BEGIN; SELECT * FROM users")) {
            FaultyDataSource source = FaultyDataSource.over(site.db.dataSource(), FaultPlan.none());
            ExecutorSettings settings = impatient().withPatience(Duration.ofMillis(1));
            assertThatThrownBy(() -> site.executor(source, settings).run(site.lease, ADD, site.control()))
                    .isInstanceOf(StepFailure.class)
                    .hasMessageContaining("pid " + reader.pid())
                    .hasMessageContaining("nothing was tried");
            assertThat(source.statements()).noneMatch(sql -> sql.contains("LOCK TABLE"));
        }
    }

    @Test
    void aPreparedTransactionIsNamedByItsGid() {
        try (ExecutionSite site = site()) {
            site.db.execute("BEGIN; INSERT INTO users VALUES (2, 'Bob'); PREPARE TRANSACTION 'gtx ''1'");
            assertThatThrownBy(() -> site.executor(impatient()).run(site.lease, ADD, site.control()))
                    .isInstanceOf(StepFailure.class)
                    .hasMessageContaining("prepared transaction 'gtx '1' (user " + site.db.user() + ", prepared ")
                    .hasMessageContaining("ROW EXCLUSIVE on users")
                    .hasMessageContaining("ROLLBACK PREPARED 'gtx ''1'");
            site.db.execute("ROLLBACK PREPARED 'gtx ''1'");

            site.executor(impatient()).run(site.lease, ADD, site.control());
            assertThat(site.status(1)).isEqualTo(StepStatus.DONE);
        }
    }

    @Test
    void whatThisRoleMayNotSeeOfTheOneInTheWayIsSaid() {
        try (ExecutionSite site = site()) {
            String other = site.db.createRole("other");
            site.db.execute("GRANT SELECT ON users TO \"" + other + "\"");
            try (BackgroundSession reader =
                    BackgroundSession.holding(site.db, other, "BEGIN; SELECT 'secret' FROM users")) {
                assertThatThrownBy(() -> site.executor(impatient()).run(site.lease, ADD, site.control()))
                        .isInstanceOf(StepFailure.class)
                        .hasMessageContaining("pid " + reader.pid() + " (user " + other)
                        .hasMessageContaining("not visible to this role, grant pg_read_all_stats")
                        .hasMessageNotContaining("secret");
            }
        }
    }

    @Test
    void aPauseIsHeededBetweenTwoTries() {
        try (ExecutionSite site = site();
                BackgroundSession reader = BackgroundSession.holding(site.db, "BEGIN; SELECT * FROM users")) {
            site.pace.atPause(3, () -> site.store.setPaused(ExecutionSite.ID, true));
            assertThatThrownBy(() -> site.executor().run(site.lease, ADD, site.control()))
                    .isInstanceOf(PausedException.class);
            assertThat(site.status(1)).isEqualTo(StepStatus.PLANNED);
        }
    }

    @Test
    void twoTablesAreLockedParentFirstAndAHolderOfEitherIsNamed() {
        QualifiedName orders = QualifiedName.of("public", "orders");
        Step key = step(
                1,
                new Action.Transaction(
                        List.of(
                                new TableLock(ExecutionSite.USERS, LockMode.SHARE_ROW_EXCLUSIVE),
                                new TableLock(orders, LockMode.SHARE_ROW_EXCLUSIVE)),
                        List.of(
                                "ALTER TABLE public.orders ADD FOREIGN KEY (user_id) REFERENCES public.users NOT VALID")),
                new Action.Nothing());
        try (ExecutionSite site = ExecutionSite.of(key)) {
            site.db.execute("CREATE TABLE users (id int PRIMARY KEY)", "CREATE TABLE orders (user_id int)");
            try (BackgroundSession writer =
                    BackgroundSession.holding(site.db, "BEGIN; INSERT INTO orders VALUES (1)")) {
                assertThatThrownBy(() -> site.executor(impatient()).run(site.lease, key, site.control()))
                        .isInstanceOf(StepFailure.class)
                        .hasMessageContaining("pid " + writer.pid())
                        .hasMessageContaining("ROW EXCLUSIVE on orders");
            }
            FaultyDataSource source = FaultyDataSource.over(site.db.dataSource(), FaultPlan.none());
            site.executor(source, settings()).run(site.lease, key, site.control());
            assertThat(source.statements()).anySatisfy(message -> assertThat(message)
                    .containsSubsequence(
                            "\"fence\"(",
                            "\"step_done\"(",
                            "LOCK TABLE \"public\".\"users\" IN SHARE UPDATE EXCLUSIVE",
                            "LOCK TABLE \"public\".\"orders\" IN SHARE UPDATE EXCLUSIVE",
                            "LOCK TABLE \"public\".\"users\" IN SHARE ROW EXCLUSIVE",
                            "LOCK TABLE \"public\".\"orders\" IN SHARE ROW EXCLUSIVE",
                            "ADD FOREIGN KEY"));
        }
    }

    @Test
    void aHolderOfAPartitionIsInTheWayOfALockOnItsTable() {
        try (ExecutionSite site = ExecutionSite.of(ADD)) {
            site.db.execute(
                    "CREATE TABLE users (id int, name text) PARTITION BY LIST (id)",
                    "CREATE TABLE users1 PARTITION OF users FOR VALUES IN (1)");
            try (BackgroundSession reader = BackgroundSession.holding(site.db, "BEGIN; SELECT * FROM users1")) {
                assertThatThrownBy(() -> site.executor(impatient()).run(site.lease, ADD, site.control()))
                        .isInstanceOf(StepFailure.class)
                        .hasMessageContaining("pid " + reader.pid())
                        .hasMessageContaining("ACCESS SHARE on users1");
            }
        }
    }

    @Test
    void aScanWaitsForAnIndexBuildOnItsTable() {
        Step validate = step(
                1,
                new Action.Scan(
                        List.of(new TableLock(ExecutionSite.USERS, LockMode.SHARE_UPDATE_EXCLUSIVE)),
                        List.of("ALTER TABLE public.users VALIDATE CONSTRAINT named")),
                new Action.Nothing());
        try (ExecutionSite site = ExecutionSite.of(validate)) {
            site.db.execute(
                    "CREATE TABLE users (id int PRIMARY KEY, name text)",
                    "ALTER TABLE users ADD CONSTRAINT named CHECK (name IS NOT NULL) NOT VALID");
            BackgroundSession builder =
                    BackgroundSession.holding(site.db, "BEGIN; LOCK TABLE users IN SHARE UPDATE EXCLUSIVE MODE");
            site.pace.atPause(2, builder::close);
            site.executor().run(site.lease, validate, site.control());

            assertThat(site.db.queryBoolean("SELECT convalidated FROM pg_constraint WHERE conname = 'named'"))
                    .isTrue();
            assertThat(site.status(1)).isEqualTo(StepStatus.DONE);
        }
    }

    @Test
    void aScanThatIsToPauseIsCancelledAndDoneAnewLater() {
        Step scan = step(
                1,
                new Action.Scan(
                        List.of(new TableLock(ExecutionSite.USERS, LockMode.SHARE_UPDATE_EXCLUSIVE)),
                        List.of("SELECT pg_sleep(600) FROM public.users WHERE name = 'Ann'")),
                new Action.Nothing());
        try (ExecutionSite site = ExecutionSite.of(scan)) {
            site.db.execute(
                    "CREATE TABLE users (id int PRIMARY KEY, name text)", "INSERT INTO users VALUES (1, 'Ann')");
            site.store.setPaused(ExecutionSite.ID, true);
            assertThatThrownBy(() -> site.executor().run(site.lease, scan, site.control()))
                    .isInstanceOf(PausedException.class);
            assertThat(site.status(1)).isEqualTo(StepStatus.PLANNED);

            site.store.setPaused(ExecutionSite.ID, false);
            site.db.execute("UPDATE users SET name = 'Bob'");
            site.executor().run(site.lease, scan, site.control());
            assertThat(site.status(1)).isEqualTo(StepStatus.DONE);
        }
    }
}
