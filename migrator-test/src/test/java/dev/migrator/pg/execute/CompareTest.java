package dev.migrator.pg.execute;

import static dev.migrator.pg.execute.ExecutionSite.USERS;
import static dev.migrator.pg.execute.ExecutionSite.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.migrator.Identifier;
import dev.migrator.Phase;
import dev.migrator.engine.CompareReport;
import dev.migrator.engine.ErrorClass;
import dev.migrator.engine.Progress;
import dev.migrator.engine.StepFailure;
import dev.migrator.engine.StepStatus;
import dev.migrator.plan.Action;
import dev.migrator.plan.Step;
import dev.migrator.test.BackgroundSession;
import dev.migrator.test.FaultPlan;
import dev.migrator.test.FaultyDataSource;
import java.util.List;
import org.junit.jupiter.api.Test;

class CompareTest {
    private static final Action.Compare BEFORE_EXCHANGE = new Action.Compare(
            USERS,
            List.of(Identifier.of("id"), Identifier.of("re\"gion")),
            List.of(
                    new Action.Violation("pending", "\"users\".\"full_name\" IS NULL"),
                    new Action.Violation(
                            "full_name differs from up", "full_name <> upper(\"users\".\"name\") -- here")));
    private static final Step EXPAND = phase(Phase.EXPAND, 1, ExecutionSite.exclusively());
    private static final Step PROVE = phase(Phase.VALIDATE, 2, BEFORE_EXCHANGE);
    private static final Step EXCHANGE = phase(Phase.CONTRACT, 3, ExecutionSite.exclusively());
    private static final Step PROVE_AGAIN = phase(
            Phase.CONTRACT,
            4,
            new Action.Compare(
                    USERS,
                    List.of(),
                    List.of(new Action.Violation("name differs from down", "name <> lower(full_name)"))));

    private static Step phase(Phase phase, int ordinal, Action action) {
        return ExecutionSite.step(phase, ordinal, action, new Action.Nothing(), "", List.of());
    }

    private static ExecutionSite site(int rows) {
        ExecutionSite site = ExecutionSite.of(EXPAND, PROVE, EXCHANGE, PROVE_AGAIN);
        site.db.execute(
                "CREATE TABLE users (id int, \"re\"\"gion\" text DEFAULT 'eu', name text, full_name text)",
                "INSERT INTO users (id, name, full_name) SELECT g, 'n' || g, 'N' || g FROM generate_series(1, " + rows
                        + ") AS g");
        return site;
    }

    /** A row a block, and one block more than is read at once. */
    private static ExecutionSite siteOfTwoWindows() {
        ExecutionSite site = site(0);
        site.db.execute(
                "ALTER TABLE users ADD COLUMN filler text, ALTER COLUMN filler SET STORAGE PLAIN",
                "INSERT INTO users (id, name, full_name, filler) SELECT g, 'n' || g, 'N' || g,"
                        + " repeat('a row a block', 400) FROM generate_series(1, 5001) AS g");
        return site;
    }

    private static CompareReport verify(ExecutionSite site) {
        return site.executor()
                .compare(
                        site.store.find(ExecutionSite.ID).orElseThrow(),
                        site.store.steps(ExecutionSite.ID),
                        site.control());
    }

    @Test
    void rowsThatAgreeAreProven() {
        try (ExecutionSite site = site(3000)) {
            site.executor().run(site.lease, PROVE, site.control());
            assertThat(site.status(2)).isEqualTo(StepStatus.DONE);
        }
    }

    @Test
    void rowsThatBreakARuleAreCountedAndNamedAndThePhaseDoesNotGoOn() {
        try (ExecutionSite site = site(3000)) {
            site.db.execute(
                    "UPDATE users SET full_name = NULL WHERE id = 7",
                    "UPDATE users SET full_name = 'X' WHERE id > 2900");
            assertThatThrownBy(() -> site.executor().run(site.lease, PROVE, site.control()))
                    .isInstanceOfSatisfying(StepFailure.class, failure -> {
                        assertThat(failure.errorClass()).isEqualTo(ErrorClass.PERMANENT);
                        assertThat(failure)
                                .hasMessageContaining("of 3000 rows")
                                .hasMessageContaining("pending: 1 row, the first: id=7, re\"gion=eu")
                                .hasMessageContaining("full_name differs from up: 100 rows, the first: id=2901, ");
                    });
            assertThat(site.status(2)).isEqualTo(StepStatus.PLANNED);
        }
    }

    @Test
    void verifyLooksAtTheComparisonOfThePhaseThatTheTableIsIn() {
        try (ExecutionSite site = site(100)) {
            site.db.execute("UPDATE users SET full_name = 'X' WHERE id = 7");
            assertThat(verify(site)).as("before EXPAND").isEqualTo(new CompareReport(0, 0, List.of()));

            site.executor().run(site.lease, EXPAND, site.control());
            assertThat(verify(site))
                    .isEqualTo(new CompareReport(
                            100, 1, List.of("public.users id=7, re\"gion=eu: full_name differs from up")));

            site.executor().run(site.lease, EXCHANGE, site.control());
            assertThat(verify(site).examples()).singleElement().asString().endsWith(": name differs from down");
            assertThat(site.status(2)).as("verify records nothing").isEqualTo(StepStatus.PLANNED);
        }
    }

    @Test
    void atMostTwentyExamplesOfARuleAreGiven() {
        try (ExecutionSite site = site(1000)) {
            site.executor().run(site.lease, EXPAND, site.control());
            site.db.execute("UPDATE users SET full_name = NULL");
            CompareReport report = verify(site);
            assertThat(report.differing()).isEqualTo(1000);
            assertThat(report.examples()).hasSize(20);
        }
    }

    @Test
    void rowsAreReportedWindowByWindow() {
        try (ExecutionSite site = siteOfTwoWindows()) {
            site.executor().run(site.lease, PROVE, site.control());
            assertThat(site.progress)
                    .extracting(Progress::done, Progress::rows)
                    .containsExactly(tuple(0L, 0L), tuple(5000L, 5000L), tuple(5001L, 5001L));
        }
    }

    @Test
    void rowsOfATableThatIsReadAnewAreNotReportedTwice() {
        try (ExecutionSite site = siteOfTwoWindows()) {
            FaultyDataSource source = FaultyDataSource.over(
                    site.db.dataSource(),
                    FaultPlan.onStatement(2, () -> site.db.execute("VACUUM FULL users")),
                    sql -> sql.contains("all_rows"));
            site.executor(source, settings()).run(site.lease, PROVE, site.control());
            assertThat(source.fired()).isTrue();
            assertThat(site.progress).extracting(Progress::rows).containsExactly(0L, 5000L, 0L, 5000L, 5001L);
        }
    }

    @Test
    void aTableThatIsRewrittenMeanwhileIsReadAnew() {
        try (ExecutionSite site = site(1000)) {
            FaultyDataSource source = FaultyDataSource.over(
                    site.db.dataSource(),
                    FaultPlan.onStatement(
                            1, () -> site.db.execute("DELETE FROM users WHERE id > 500", "VACUUM FULL users")),
                    sql -> sql.contains("all_rows"));
            site.executor(source, settings()).run(site.lease, PROVE, site.control());

            assertThat(source.fired()).isTrue();
            assertThat(source.count()).isEqualTo(2);
            assertThat(site.status(2)).isEqualTo(StepStatus.DONE);
        }
    }

    @Test
    void whoHasLockedTheWholeTableIsWaitedFor() {
        try (ExecutionSite site = site(10)) {
            BackgroundSession locker =
                    BackgroundSession.holding(site.db, "BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE");
            FaultyDataSource source = FaultyDataSource.over(
                    site.db.dataSource(), FaultPlan.afterStatement(1, locker::close), sql -> sql.contains("all_rows"));
            var run = java.util.concurrent.CompletableFuture.runAsync(
                    () -> site.executor(source, settings()).run(site.lease, PROVE, site.control()));
            locker.awaitBlocking();
            locker.close();
            run.join();
            assertThat(site.status(2)).isEqualTo(StepStatus.DONE);
        }
    }

    @Test
    void rowSecurityThatWouldHideRowsIsAnError() {
        try (ExecutionSite site = site(100)) {
            site.db.execute(
                    "ALTER TABLE users ENABLE ROW LEVEL SECURITY",
                    "ALTER TABLE users FORCE ROW LEVEL SECURITY",
                    "CREATE POLICY few ON users USING (id < 10)");
            assertThatThrownBy(() -> site.executor().run(site.lease, PROVE, site.control()))
                    .isInstanceOfSatisfying(StepFailure.class, failure -> assertThat(failure.sqlState())
                            .isEqualTo("42501"));
        }
    }

    @Test
    void anEngineThatLostItsLeaseCanNotRecordIt() {
        try (ExecutionSite site = site(10)) {
            var zombie = site.takeOver();
            assertThatThrownBy(() -> site.executor().run(zombie, PROVE, site.control()))
                    .isInstanceOf(dev.migrator.engine.LeaseLostException.class);
            assertThat(site.status(2)).isEqualTo(StepStatus.PLANNED);
        }
    }
}
