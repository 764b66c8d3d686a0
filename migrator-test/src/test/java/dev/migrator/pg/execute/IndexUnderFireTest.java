package dev.migrator.pg.execute;

import static dev.migrator.pg.execute.ExecutionSite.USERS;
import static dev.migrator.pg.execute.ExecutionSite.settings;
import static dev.migrator.pg.execute.ExecutionSite.step;
import static dev.migrator.pg.execute.IndexTest.BUILD;
import static dev.migrator.pg.execute.IndexTest.NAME;
import static dev.migrator.pg.execute.IndexTest.indexes;
import static dev.migrator.pg.execute.IndexTest.site;
import static dev.migrator.pg.execute.IndexTest.unfinishedArtifacts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.Identifier;
import dev.migrator.engine.ErrorClass;
import dev.migrator.engine.Lease;
import dev.migrator.engine.LeaseLostException;
import dev.migrator.engine.StepFailure;
import dev.migrator.engine.StepStatus;
import dev.migrator.plan.Action;
import dev.migrator.plan.Step;
import dev.migrator.test.BackgroundSession;
import dev.migrator.test.EngineCrash;
import dev.migrator.test.FaultPlan;
import dev.migrator.test.FaultyDataSource;
import dev.migrator.test.TcpProxy;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Index builds and drops that die, come too late, or go on at the server when their engine is gone. */
class IndexUnderFireTest {

    @Test
    void aCrashAtAnyStatementIsRepairedByTheNextToken() {
        int statements;
        try (ExecutionSite site = site()) {
            FaultyDataSource whole = FaultyDataSource.over(site.db.dataSource(), FaultPlan.none());
            site.executor(whole, settings()).run(site.lease, BUILD, site.control());
            statements = whole.count();
        }
        assertThat(statements).isGreaterThan(10);
        for (int n = 1; n <= statements; n++) {
            crashThenFinish(FaultPlan.crashBefore(n));
        }
        crashThenFinish(FaultPlan.crashAfter(statements));
    }

    private static void crashThenFinish(FaultPlan plan) {
        try (ExecutionSite site = site()) {
            FaultyDataSource faulty = FaultyDataSource.over(site.db.dataSource(), plan);
            assertThatThrownBy(() -> site.executor(faulty, settings()).run(site.lease, BUILD, site.control()))
                    .as("%s", plan)
                    .isInstanceOf(EngineCrash.class);
            site.db.awaitNoSessions();
            site.takeOver();
            site.executor().run(site.lease, BUILD, site.control());

            assertThat(indexes(site)).as("%s", plan).containsExactly(NAME.quoted());
            assertThat(site.status(1)).isEqualTo(StepStatus.DONE);
            assertThat(unfinishedArtifacts(site)).as("%s", plan).isEmpty();
        }
    }

    @Test
    void aFinishedAttemptOfADeadEngineIsPublishedNotBuiltAgain() {
        try (ExecutionSite site = site()) {
            FaultyDataSource counted = FaultyDataSource.over(site.db.dataSource(), FaultPlan.none());
            FaultyDataSource direct = FaultyDataSource.over(
                    site.db.dataSource(), FaultPlan.crashAfter(1), sql -> sql.startsWith("CREATE UNIQUE INDEX"));
            assertThatThrownBy(() -> site.executor(counted, direct, settings()).run(site.lease, BUILD, site.control()))
                    .isInstanceOf(EngineCrash.class);
            long built = site.db.queryLong(
                    "SELECT 'users'::regclass::oid::bigint * 0 + max(indexrelid::bigint) FROM pg_index"
                            + " WHERE indrelid = 'users'::regclass AND NOT indisprimary");
            site.takeOver();
            site.executor().run(site.lease, BUILD, site.control());

            assertThat(site.db.queryLong("SELECT indexrelid::bigint FROM pg_index WHERE indrelid = 'users'::regclass"
                            + " AND NOT indisprimary"))
                    .isEqualTo(built);
            assertThat(indexes(site)).containsExactly(NAME.quoted());
        }
    }

    @Test
    void aBuildThatStillRunsAtTheServerIsWaitedForNotDropped() {
        try (ExecutionSite site = site();
                TcpProxy proxy = TcpProxy.inFrontOf(site.db.server());
                BackgroundSession old = BackgroundSession.holding(
                        site.db, "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT * FROM users")) {
            // The build waits for the old snapshot; its client dies meanwhile.
            proxy.cutWhileRunning("CREATE UNIQUE INDEX CONCURRENTLY", 1);
            assertThatThrownBy(() ->
                            site.executor(site.db.dataSource(proxy), settings()).run(site.lease, BUILD, site.control()))
                    .isInstanceOfSatisfying(StepFailure.class, failure -> assertThat(failure.errorClass())
                            .isEqualTo(ErrorClass.UNKNOWN));
            old.awaitBlocking();
            site.settle();
            site.pace.atPause(3, old::close);
            site.executor().run(site.lease, BUILD, site.control());

            assertThat(indexes(site)).containsExactly(NAME.quoted());
            assertThat(site.db.queryString("SELECT string_agg(name, ',' ORDER BY number) FROM migrator.artifact"))
                    .as("only the first token's attempt was needed")
                    .endsWith("_1");
        }
    }

    @Test
    void aZombieCanNotPublishAndDropsOnlyWhatIsItsOwn() {
        try (ExecutionSite site = site()) {
            FaultyDataSource direct = FaultyDataSource.over(
                    site.db.dataSource(),
                    FaultPlan.afterStatement(1, () -> {
                        site.takeOver();
                        site.executor().run(site.lease, BUILD, site.control());
                    }),
                    sql -> sql.startsWith("CREATE UNIQUE INDEX"));
            Lease zombie = site.lease;
            assertThatThrownBy(() -> site.executor(site.db.dataSource(), direct, settings())
                            .run(zombie, BUILD, site.control()))
                    .isInstanceOf(LeaseLostException.class);
            assertThat(direct.fired()).isTrue();
            assertThat(indexes(site)).containsExactly(NAME.quoted());
            assertThat(site.status(1)).isEqualTo(StepStatus.DONE);
        }
    }

    @Test
    void aZombiesLateBuildIsRefusedAndLeavesTheGoodIndexAlone() {
        try (ExecutionSite site = site()) {
            FaultyDataSource direct = FaultyDataSource.over(
                    site.db.dataSource(),
                    FaultPlan.onStatement(1, () -> {
                        site.takeOver();
                        site.executor().run(site.lease, BUILD, site.control());
                    }),
                    sql -> sql.startsWith("CREATE UNIQUE INDEX"));
            Lease zombie = site.lease;
            assertThatThrownBy(() -> site.executor(site.db.dataSource(), direct, settings())
                            .run(zombie, BUILD, site.control()))
                    .isInstanceOf(LeaseLostException.class);
            assertThat(direct.fired()).isTrue();
            assertThat(indexes(site)).containsExactly(NAME.quoted());
        }
    }

    @Test
    void aZombiesLateDropDoesNotHitTheIndexThatWasBuiltSince() {
        try (ExecutionSite site = site()) {
            site.executor().run(site.lease, BUILD, site.control());
            FaultyDataSource direct = FaultyDataSource.over(
                    site.db.dataSource(),
                    FaultPlan.onStatement(1, () -> {
                        site.takeOver();
                        site.executor().undo(site.lease, BUILD, site.control());
                        site.executor().run(site.lease, BUILD, site.control());
                    }),
                    sql -> sql.startsWith("DROP INDEX"));
            Lease zombie = site.lease;
            assertThatThrownBy(() -> site.executor(site.db.dataSource(), direct, settings())
                            .undo(zombie, BUILD, site.control()))
                    .isInstanceOf(LeaseLostException.class);
            assertThat(direct.fired()).isTrue();
            assertThat(indexes(site)).containsExactly(NAME.quoted());
            assertThat(site.status(1)).isEqualTo(StepStatus.DONE);
        }
    }

    @Test
    void aCrashAtAnyStatementOfTheUndoIsRepairedByTheNextToken() {
        int statements;
        try (ExecutionSite site = site()) {
            site.executor().run(site.lease, BUILD, site.control());
            FaultyDataSource whole = FaultyDataSource.over(site.db.dataSource(), FaultPlan.none());
            site.executor(whole, settings()).undo(site.lease, BUILD, site.control());
            statements = whole.count();
        }
        for (int n = 1; n <= statements; n++) {
            try (ExecutionSite site = site()) {
                site.executor().run(site.lease, BUILD, site.control());
                FaultyDataSource faulty = FaultyDataSource.over(site.db.dataSource(), FaultPlan.crashBefore(n));
                assertThatThrownBy(() -> site.executor(faulty, settings()).undo(site.lease, BUILD, site.control()))
                        .isInstanceOf(EngineCrash.class);
                site.db.awaitNoSessions();
                site.takeOver();
                site.executor().undo(site.lease, BUILD, site.control());

                assertThat(indexes(site)).as("crash before statement %d", n).isEmpty();
                assertThat(site.status(1)).isEqualTo(StepStatus.PLANNED);
                assertThat(unfinishedArtifacts(site)).isEmpty();
            }
        }
    }

    @Test
    void aDropThatDiedAfterSettingTheIndexAsideIsUndoneWithoutBuildingIt() {
        Identifier old = Identifier.of("users_old");
        Step drop = step(
                1, new Action.DropIndex(USERS, old), new Action.BuildIndex(USERS, old, false, "USING btree (name)"));
        try (ExecutionSite site = ExecutionSite.of(drop)) {
            site.db.execute(
                    "CREATE TABLE users (id int PRIMARY KEY, name text)", "CREATE INDEX users_old ON users (name)");
            String oid = site.db.queryString("SELECT 'users_old'::regclass::oid");
            FaultyDataSource direct = FaultyDataSource.over(
                    site.db.dataSource(), FaultPlan.crashBefore(1), sql -> sql.startsWith("DROP"));
            assertThatThrownBy(() -> site.executor(site.db.dataSource(), direct, settings())
                            .run(site.lease, drop, site.control()))
                    .isInstanceOf(EngineCrash.class);
            assertThat(indexes(site)).hasSize(1).doesNotContain("users_old");
            site.takeOver();
            site.executor().undo(site.lease, drop, site.control());

            assertThat(site.db.queryString("SELECT 'users_old'::regclass::oid")).isEqualTo(oid);
        }
    }

    /** The server may tell a cancel behind a COMMIT: the second try finds what the first one has done. */
    @Test
    void aSettingAsideThatWasToldAsCancelledAndHadHappenedIsNotAFailure() {
        try (ExecutionSite site = site()) {
            site.executor().run(site.lease, BUILD, site.control());
            FaultyDataSource counting =
                    FaultyDataSource.over(site.db.dataSource(), FaultPlan.none(), IndexUnderFireTest::setsAside);
            site.executor(counting, settings()).undo(site.lease, BUILD, site.control());
            List<String> aside = counting.statements();
            assertThat(aside).hasSize(1);
            site.executor().run(site.lease, BUILD, site.control());
            FaultyDataSource twice = FaultyDataSource.over(
                    site.db.dataSource(),
                    FaultPlan.onStatement(1, () -> site.db.execute(aside.get(0))),
                    IndexUnderFireTest::setsAside);
            site.executor(twice, settings()).undo(site.lease, BUILD, site.control());

            assertThat(twice.fired()).isTrue();
            assertThat(indexes(site)).isEmpty();
            assertThat(site.status(1)).isEqualTo(StepStatus.PLANNED);
        }
    }

    private static boolean setsAside(String sql) {
        return sql.contains("ALTER INDEX") && sql.contains("RENAME TO");
    }
}
