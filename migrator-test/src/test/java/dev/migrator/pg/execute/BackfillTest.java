package dev.migrator.pg.execute;

import static dev.migrator.pg.execute.BackfillSite.FILL;
import static dev.migrator.pg.execute.ExecutionSite.USERS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.engine.LeaseLostException;
import dev.migrator.engine.PausedException;
import dev.migrator.engine.Progress;
import dev.migrator.engine.StepFailure;
import dev.migrator.engine.StepStatus;
import dev.migrator.pg.internal.backfill.FillSql;
import dev.migrator.pg.internal.backfill.TidRange;
import dev.migrator.plan.Action;
import dev.migrator.test.BackgroundSession;
import dev.migrator.test.FaultPlan;
import dev.migrator.test.FaultyDataSource;
import java.util.List;
import org.junit.jupiter.api.Test;

class BackfillTest {

    @Test
    void everyPendingRowIsFilledOnceAndCounted() {
        try (BackfillSite users = BackfillSite.of(20_000)) {
            users.site.db.execute("UPDATE users SET name = 'written' WHERE id <= 100");
            users.run();

            users.assertComplete();
            assertThat(users.recordedRows()).isEqualTo(19_900);
            Progress last = users.site.progress.stream()
                    .reduce((first, second) -> second)
                    .orElseThrow();
            assertThat(last.rows()).isEqualTo(19_900);
            assertThat(last.done()).isEqualTo(last.total()).isPositive();
        }
    }

    @Test
    void aStepThatIsDoneIsLeftAlone() {
        try (BackfillSite users = BackfillSite.of(10)) {
            users.run();
            users.run();
            users.assertComplete();
            assertThat(users.site.state(1).attempts()).isEqualTo(1);
        }
    }

    @Test
    void anEmptyTableIsDoneAtOnce() {
        try (BackfillSite users = BackfillSite.of(0)) {
            users.run();
            users.assertComplete();
        }
    }

    @Test
    void aTableWithoutAKeyAndWithAHostileNameWillDo() {
        String name = "we\"ird 'users' (x)";
        var table = dev.migrator.QualifiedName.of("public", name);
        String quoted = table.name().quoted();
        var fill = ExecutionSite.step(
                1,
                new Action.Backfill(table, "b = " + quoted + ".a, pending = false", quoted + ".pending -- so\n"),
                new Action.Nothing());
        try (BackfillSite users = BackfillSite.bare(fill)) {
            users.site.db.execute("CREATE TABLE " + quoted + " (a int, b int, pending boolean DEFAULT true)");
            users.site.db.execute("INSERT INTO " + quoted + " (a) SELECT generate_series(1, 100)");
            users.site.executor().run(users.site.lease, fill, users.site.control());

            assertThat(users.site.db.queryLong("SELECT count(*) FROM " + quoted + " WHERE pending OR a <> b"))
                    .isZero();
        }
    }

    @Test
    void eachPartitionIsWalkedOverAndOneThatComesLaterToo() {
        try (BackfillSite users = BackfillSite.of(
                1000,
                "id int, name text",
                "PARTITION BY LIST ((id % 2))",
                "CREATE TABLE users0 PARTITION OF users FOR" + " VALUES IN (0)",
                "CREATE TABLE users1 PARTITION OF users FOR VALUES IN (1)")) {
            // Its rows were never written under the trigger.
            users.site.db.execute(
                    "CREATE TABLE late (LIKE users INCLUDING DEFAULTS)",
                    "INSERT INTO late (id, name) VALUES (NULL, 'Late')",
                    "ALTER TABLE late ALTER pending SET DEFAULT true");
            FaultyDataSource source = FaultyDataSource.over(
                    users.site.db.dataSource(),
                    FaultPlan.onStatement(
                            1,
                            () -> users.site.db.execute(
                                    "ALTER TABLE users ATTACH PARTITION late FOR VALUES IN (NULL)")),
                    sql -> sql.contains("UPDATE ONLY"));
            users.run(source);

            assertThat(source.fired()).isTrue();
            users.assertComplete();
            assertThat(users.recordedRows()).isEqualTo(1001);
        }
    }

    @Test
    void theRowsAreFoundByPlaceAndTheTableHardlyGrows() {
        try (BackfillSite users = BackfillSite.of(60_000)) {
            users.site.db.execute("VACUUM ANALYZE users");
            FillSql sql = new FillSql((Action.Backfill) FILL.action(), USERS);
            List<String> plan = users.site.db.queryStrings(
                    "EXPLAIN (COSTS OFF) " + sql.update(TidRange.blocks(100, 300), 16, 3, List.of("(1,2)")));
            assertThat(plan).anyMatch(line -> line.contains("Tid Range Scan on users"));
            assertThat(plan).anyMatch(line -> line.matches(".*->  Tid Scan on users.*"));
            assertThat(plan).noneMatch(line -> line.contains("Seq Scan"));

            long before = users.site.db.queryLong("SELECT pg_relation_size('users')");
            users.run();
            users.assertComplete();
            assertThat(users.site.db.queryLong("SELECT pg_relation_size('users')"))
                    .isLessThan(before * 13 / 10);
            // The statistics come when the sessions have ended.
            users.site.db.awaitNoSessions();
            assertThat(users.site.db.queryLong("SELECT sum(hot) FROM migrator.backfill_chunk"))
                    .as("new versions on the same page, as the server counts them")
                    .isEqualTo(users.site.db.queryLong(
                            "SELECT n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'users'"))
                    .isGreaterThan(40_000);
        }
    }

    @Test
    void whoKeepsDeadRowsFromBeingRemovedIsNamedAndPassesAreGivenUp() {
        try (BackfillSite users = BackfillSite.of(60_000);
                BackgroundSession reader = BackgroundSession.holding(
                        users.site.db, "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM pg_class")) {
            users.run(ExecutionSite.settings().withChunkBlocks(100));
            users.assertComplete();
            assertThat(users.site.waits)
                    .anyMatch(told -> told.contains("can't be removed because of process " + reader.pid()));
            long passes = users.site.db.queryLong(
                    "SELECT count(*) FROM migrator.backfill_chunk WHERE hot < rows / 10 AND rows > 0");
            assertThat(passes).as("ranges without room").isGreaterThan(5);
        }
    }

    @Test
    void whereNothingIsPendingItPassesQuickly() {
        try (BackfillSite users = BackfillSite.of(20_000)) {
            users.site.db.execute("UPDATE users SET name = name || '!'");
            FaultyDataSource source = FaultyDataSource.over(
                    users.site.db.dataSource(), FaultPlan.none(), sql -> sql.contains("UPDATE ONLY"));
            users.run(source);

            users.assertComplete();
            assertThat(users.recordedRows()).isZero();
            assertThat(source.count()).as("batches").isLessThan(16);
        }
    }

    @Test
    void aPauseIsHeededWithinABatchAndNothingIsLost() {
        try (BackfillSite users = BackfillSite.of(20_000)) {
            FaultyDataSource source = FaultyDataSource.over(
                    users.site.db.dataSource(),
                    FaultPlan.afterStatement(3, () -> users.site.store.setPaused(ExecutionSite.ID, true)),
                    sql -> sql.contains("UPDATE ONLY"));
            assertThatThrownBy(() -> users.run(source)).isInstanceOf(PausedException.class);

            assertThat(source.count()).as("batches until it paused").isEqualTo(3);
            assertThat(users.recordedRows()).isEqualTo(20_000 - users.pending()).isPositive();
            users.site.store.setPaused(ExecutionSite.ID, false);
            users.run();
            users.assertComplete();
            assertThat(users.recordedRows()).isEqualTo(20_000);
        }
    }

    @Test
    void aTableThatIsRewrittenInTheMiddleIsWalkedOverAgainForWhatIsPending() {
        try (BackfillSite users = BackfillSite.of(20_000)) {
            FaultyDataSource source = FaultyDataSource.over(
                    users.site.db.dataSource(),
                    FaultPlan.onStatement(5, () -> users.site.db.execute("DELETE FROM users WHERE id < 9000"))
                            .and(FaultPlan.onStatement(20, () -> users.site.db.execute("VACUUM FULL users"))),
                    sql -> sql.contains("UPDATE ONLY"));
            users.run(source);

            assertThat(source.fired()).isTrue();
            users.assertComplete();
        }
    }

    @Test
    void aTableThatIsTruncatedInTheMiddleIsDone() {
        try (BackfillSite users = BackfillSite.of(20_000)) {
            FaultyDataSource source = FaultyDataSource.over(
                    users.site.db.dataSource(),
                    FaultPlan.onStatement(5, () -> users.site.db.execute("TRUNCATE users")),
                    sql -> sql.contains("UPDATE ONLY"));
            users.run(source);
            users.assertComplete();
        }
    }

    @Test
    void anEngineThatLosesItsLeaseInTheMiddleWritesNothingMore() {
        try (BackfillSite users = BackfillSite.of(20_000)) {
            var zombie = users.site.lease;
            FaultyDataSource source = FaultyDataSource.over(
                    users.site.db.dataSource(),
                    FaultPlan.onStatement(7, () -> {
                        users.site.takeOver();
                        users.site.db.execute("CREATE TABLE before AS SELECT ctid AS place, * FROM users");
                    }),
                    sql -> sql.contains("UPDATE ONLY"));
            assertThatThrownBy(() -> users.site
                            .executor(source, ExecutionSite.settings())
                            .run(zombie, FILL, users.site.control()))
                    .isInstanceOf(LeaseLostException.class);
            assertThat(source.count()).isEqualTo(7);
            assertThat(users.site.db.queryLong("SELECT count(*) FROM users JOIN before ON place = users.ctid"))
                    .isEqualTo(20_000);
            users.run();
            users.assertComplete();
            assertThat(users.recordedRows()).isEqualTo(20_000);
        }
    }

    @Test
    void rowSecurityThatWouldHideRowsIsAnErrorNotASilentFilter() {
        try (BackfillSite users = BackfillSite.of(100)) {
            users.site.db.execute(
                    "ALTER TABLE users ENABLE ROW LEVEL SECURITY",
                    "ALTER TABLE users FORCE ROW LEVEL SECURITY",
                    "CREATE POLICY few ON users USING (id < 10)");
            assertThatThrownBy(users::run)
                    .isInstanceOfSatisfying(StepFailure.class, failure -> assertThat(failure.sqlState())
                            .isEqualTo("42501"));
            assertThat(users.site.status(1)).isNotEqualTo(StepStatus.DONE);
        }
    }

    @Test
    void itsUndoForgetsItsRangesAndItCanRunAgain() {
        try (BackfillSite users = BackfillSite.of(100)) {
            users.run();
            users.site.executor().undo(users.site.lease, FILL, users.site.control());
            assertThat(users.site.status(1)).isEqualTo(StepStatus.PLANNED);
            assertThat(users.recordedRows()).isZero();

            users.site.db.execute(
                    "ALTER TABLE users DISABLE TRIGGER ALL", "UPDATE users SET pending = true, filled = 0");
            users.site.db.execute("ALTER TABLE users ENABLE TRIGGER ALL");
            users.run();
            users.assertComplete();
            assertThat(users.recordedRows()).isEqualTo(100);
        }
    }
}
