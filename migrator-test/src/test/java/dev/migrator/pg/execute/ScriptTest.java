package dev.migrator.pg.execute;

import static dev.migrator.pg.execute.ExecutionSite.settings;
import static dev.migrator.pg.execute.ExecutionSite.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.engine.LeaseLostException;
import dev.migrator.engine.StepFailure;
import dev.migrator.engine.StepStatus;
import dev.migrator.plan.Action;
import dev.migrator.plan.Step;
import dev.migrator.test.BackgroundSession;
import dev.migrator.test.EngineCrash;
import dev.migrator.test.FaultPlan;
import dev.migrator.test.FaultyDataSource;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScriptTest {
    private static final Step SCRIPT = step(
            1,
            new Action.Script(List.of(
                    "CREATE TABLE IF NOT EXISTS t (i int)",
                    "CREATE INDEX CONCURRENTLY IF NOT EXISTS ti ON t (i)",
                    "VACUUM t")),
            new Action.Script(List.of("DROP TABLE IF EXISTS t")));

    private static boolean exists(ExecutionSite site, String relation) {
        return site.db.queryBoolean("SELECT to_regclass('" + relation + "') IS NOT NULL");
    }

    @Test
    void itsStatementsRunOutsideOfATransactionAndBack() {
        try (ExecutionSite site = ExecutionSite.of(SCRIPT)) {
            site.executor().run(site.lease, SCRIPT, site.control());
            site.executor().run(site.lease, SCRIPT, site.control());
            assertThat(exists(site, "ti")).isTrue();
            assertThat(site.status(1)).isEqualTo(StepStatus.DONE);
            assertThat(site.state(1).attempts()).isEqualTo(1);

            site.executor().undo(site.lease, SCRIPT, site.control());
            assertThat(exists(site, "t")).isFalse();
            assertThat(site.status(1)).isEqualTo(StepStatus.PLANNED);
        }
    }

    @Test
    void aScriptThatDiedHalfWayRunsAgainWhole() {
        try (ExecutionSite site = ExecutionSite.of(SCRIPT)) {
            FaultyDataSource direct = FaultyDataSource.over(
                    site.db.dataSource(), FaultPlan.crashBefore(1), sql -> sql.startsWith("VACUUM"));
            assertThatThrownBy(() -> site.executor(site.db.dataSource(), direct, settings())
                            .run(site.lease, SCRIPT, site.control()))
                    .isInstanceOf(EngineCrash.class);
            assertThat(site.status(1)).isEqualTo(StepStatus.RUNNING);
            site.takeOver();
            site.executor().run(site.lease, SCRIPT, site.control());
            assertThat(site.status(1)).isEqualTo(StepStatus.DONE);
        }
    }

    @Test
    void aStatementThatFailsSaysWhichOneAndThatThoseBeforeHaveTakenEffect() {
        Step wrong = step(
                1,
                new Action.Script(List.of("CREATE TABLE t (i int)", "CREATE TABLE t (i int)")),
                new Action.Nothing());
        try (ExecutionSite site = ExecutionSite.of(wrong)) {
            assertThatThrownBy(() -> site.executor().run(site.lease, wrong, site.control()))
                    .isInstanceOf(StepFailure.class)
                    .hasMessageContaining("statement 2 of 2 failed");
        }
    }

    @Test
    void aStatementThatWaitsForALockIsTriedShortlyAgainAndAgain() {
        Step alter = step(
                1, new Action.Script(List.of("ALTER TABLE t ADD COLUMN IF NOT EXISTS j int")), new Action.Nothing());
        try (ExecutionSite site = ExecutionSite.of(alter)) {
            site.db.execute("CREATE TABLE t (i int)");
            BackgroundSession reader = BackgroundSession.holding(site.db, "BEGIN; SELECT * FROM t");
            var settings = settings().withLockDeadline(Duration.ofSeconds(5));
            assertThatThrownBy(() -> site.executor(settings).run(site.lease, alter, site.control()))
                    .isInstanceOfSatisfying(StepFailure.class, failure -> assertThat(failure.sqlState())
                            .isEqualTo("55P03"));
            site.pace.atPause(2, reader::close);
            site.executor().run(site.lease, alter, site.control());
            assertThat(site.db.queryLong(
                            "SELECT count(*) FROM pg_attribute WHERE attrelid = 't'::regclass" + " AND attname = 'j'"))
                    .isEqualTo(1);
        }
    }

    @Test
    void anEngineThatLostItsLeaseRunsNothing() {
        try (ExecutionSite site = ExecutionSite.of(SCRIPT)) {
            var zombie = site.takeOver();
            assertThatThrownBy(() -> site.executor().run(zombie, SCRIPT, site.control()))
                    .isInstanceOf(LeaseLostException.class);
            assertThat(exists(site, "t")).isFalse();
        }
    }
}
