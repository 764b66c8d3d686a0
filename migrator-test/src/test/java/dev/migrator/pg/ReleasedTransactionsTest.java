package dev.migrator.pg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.Gate;
import dev.migrator.Migration;
import dev.migrator.MigrationFiles;
import dev.migrator.Phase;
import dev.migrator.Uses;
import dev.migrator.engine.Outcome;
import dev.migrator.test.BackgroundSession;
import dev.migrator.test.FaultPlan;
import dev.migrator.test.FaultyDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** An instance ends, or is refused, and transactions that it has begun go on: nothing is taken away under them. */
class ReleasedTransactionsTest extends ReleaseSite {
    private static final String OLD_ROW =
            "INSERT INTO migrator.instance (target, instance, release, expires_at) VALUES ('database', 'late', '1.0', now() + interval '1h')";

    private static String contractHolds() {
        return "BEGIN; SELECT migrator.ensure_released('database', '0001_name', '" + NAME.checksum()
                + "', 'OLD', NULL)";
    }

    private static String starting(String uses) {
        return "SELECT count(*) FROM migrator.start_instance('database', 'late', '1.0', '1h', false, false,"
                + " ARRAY['0001_name'], ARRAY['" + NAME.checksum() + "'], ARRAY['" + uses + "'])";
    }

    @Test
    void aTransactionOfAnEndedInstanceThatDidNotKnowTheMigrationIsWaitedFor() {
        PostgresMigrator migrator = migrator("2.0", NAME);
        arrives(migrator, Phase.VALIDATE);
        ApplicationInstance unknowing = migrator("1.0").register(QUICK);
        try (ApplicationInstance modern = migrator.register(uses(Uses.NEW));
                BackgroundSession before = BackgroundSession.holding(database, "BEGIN; SELECT 1")) {
            unknowing.close();
            waits(to(migrator, Phase.CONTRACT), "pid " + before.pid(), "from before the instances changed over");
            before.execute("COMMIT");
            arrives(migrator, Phase.CONTRACT);
            assertThat(modern.isLive()).isTrue();
        }
    }

    @Test
    void aTransactionOfOneThatCameAndWentAfterTheGateWasAskedIsWaitedFor() {
        PostgresMigrator first = migrator("2.0", NAME);
        arrives(first, Phase.VALIDATE);
        BackgroundSession[] before = new BackgroundSession[1];
        FaultyDataSource source = FaultyDataSource.over(
                database.dataSource(),
                FaultPlan.onStatement(1, () -> {
                    ApplicationInstance late = migrator("1.0", NAME).register(uses(Uses.OLD));
                    before[0] = BackgroundSession.holding(database, "BEGIN; SELECT 1");
                    late.close();
                }),
                sql -> sql.contains("'phase-started'") && sql.contains("'CONTRACT'"));
        try (ApplicationInstance modern = first.register(uses(Uses.NEW))) {
            waits(to(migrator(source, "2.0", NAME), Phase.CONTRACT), "pid " + before[0].pid(), "from before");
            assertThat(database.queryLong("SELECT count(name) FROM users")).isEqualTo(100);
            before[0].execute("COMMIT");
            arrives(first, Phase.CONTRACT);
            assertThat(modern.isLive()).isTrue();
        } finally {
            before[0].close();
        }
    }

    @Test
    void aTransactionOfOneThatOnlyEverUsedTheNewShapeIsNot() {
        PostgresMigrator migrator = migrator("2.0", NAME);
        arrives(migrator, Phase.VALIDATE);
        ApplicationInstance gone = migrator.register(uses(Uses.NEW));
        try (ApplicationInstance modern = migrator.register(uses(Uses.NEW));
                BackgroundSession before = BackgroundSession.holding(database, "BEGIN; SELECT 1")) {
            gone.close();
            arrives(migrator, Phase.CONTRACT);
            assertThat(modern.isLive() && before.pid() > 0).isTrue();
        }
    }

    @Test
    void anAcknowledgementThatNeverBecameCertainEndsWithItsLease() {
        PostgresMigrator migrator = migrator("2.0", NAME);
        arrives(migrator, Phase.VALIDATE);
        try (ApplicationInstance both = migrator.register(uses(Uses.BOTH));
                ApplicationInstance modern = migrator.register(uses(Uses.NEW))) {
            both.close();
            database.execute("UPDATE migrator.instance_migration SET acknowledged_at = 'infinity' WHERE instance = '"
                    + both.id() + "'");
            try (BackgroundSession after = BackgroundSession.holding(database, "BEGIN; SELECT 1")) {
                arrives(migrator, Phase.CONTRACT);
                assertThat(modern.isLive() && after.pid() > 0).isTrue();
            }
        }
    }

    @Test
    void whateverIsolationItsConnectionsHaveOneWhoRegistersWhileContractIsUnderWayIsRefused() {
        PostgresMigrator migrator = migrator("2.0", NAME);
        arrives(migrator, Phase.VALIDATE);
        database.execute(
                "ALTER ROLE \"" + database.user() + "\" SET default_transaction_isolation = 'repeatable read'");
        // A step's transaction locks the migration's row and does not change it.
        database.execute("UPDATE migrator.migration SET phase = 'CONTRACT', status = 'RUNNING'");
        try (BackgroundSession contract = BackgroundSession.holding(
                database, contractHolds() + "; UPDATE migrator.step SET status = 'DONE' WHERE phase = 'CONTRACT'")) {
            CompletableFuture<ApplicationInstance> registering = CompletableFuture.supplyAsync(
                    () -> migrator(database.dataSource(), "1.0", NAME).register(uses(Uses.OLD)));
            until(() -> database.queryBoolean("SELECT EXISTS (SELECT FROM pg_stat_activity"
                    + " WHERE query LIKE '%start_instance%' AND wait_event_type = 'Lock')"));
            contract.execute("COMMIT");
            assertThatThrownBy(registering::join).hasCauseInstanceOf(UnsafeSchemaException.class);
        }
        try (ApplicationInstance modern =
                migrator(database.dataSource(), "2.0", NAME).register(uses(Uses.NEW))) {
            assertThat(modern.isLive()).isTrue();
        }
    }

    @Test
    void whoIsRefusedIsNotLiveForAMoment() {
        PostgresMigrator migrator = migrator("2.0", NAME);
        arrives(migrator, Phase.VALIDATE);
        migrator.approve(NAME.id(), Phase.CONTRACT, "ann", "nobody is there");
        arrives(migrator, Phase.CONTRACT);
        database.execute(starting("OLD"));
        assertThat(database.queryLong("SELECT count(*) FROM migrator.instance")).isZero();
        // One that was live before stays known until when it was, for its transactions.
        database.execute(OLD_ROW, "UPDATE migrator.instance SET expires_at = '2001-01-01'", starting("OLD"));
        assertThat(database.queryStrings("SELECT expires_at::date FROM migrator.instance"))
                .containsExactly("2001-01-01");
        database.execute(starting("BOTH"));
        assertThat(database.queryBoolean("SELECT expires_at > now() FROM migrator.instance"))
                .isTrue();
    }

    @Test
    void whatIsFoundInTheMiddleOfContractIsWaitedForUntilItHasGone() {
        PostgresMigrator first = migrator("2.0", NAME);
        arrives(first, Phase.VALIDATE);
        Executor later = CompletableFuture.delayedExecutor(300, TimeUnit.MILLISECONDS);
        FaultyDataSource source = FaultyDataSource.over(
                database.dataSource(),
                FaultPlan.onStatement(2, () -> {
                    database.execute(OLD_ROW);
                    later.execute(() -> database.execute("DELETE FROM migrator.instance WHERE instance = 'late'"));
                }),
                sql -> sql.contains("ensure_released"));
        try (ApplicationInstance modern = first.register(uses(Uses.NEW))) {
            arrives(migrator(source, "2.0", NAME), Phase.CONTRACT);
            assertThat(source.fired()).isTrue();
            assertThat(modern.isLive()).isTrue();
        }
    }

    @Test
    void aRollbackDoesNotWaitForWhoKnowsAnotherContentAndIsToldNothing() {
        PostgresMigrator migrator = migrator("2.0", NAME);
        arrives(migrator, Phase.VALIDATE);
        database.execute(
                OLD_ROW,
                "INSERT INTO migrator.instance_migration VALUES ('database', 'late', '0001_name', 'another', 'BOTH', 0, now())");
        assertThat(database.queryRows("SELECT instance, why FROM migrator.instances_needing('database', '0001_name', '"
                        + NAME.checksum() + "', 'OLD', NULL)"))
                .containsExactly(List.of("late", "knows the migration with another content"));
        assertThat(migrator.rollback(NAME.id(), Optional.empty())).isInstanceOf(Outcome.Arrived.class);
    }

    @Test
    void whatAnInstanceHasCountedIsToldWhenItEnds() throws SQLException {
        Migration gone = Migration.builder("0001_gone")
                .dropColumn("users", "name")
                .gates(Phase.CONTRACT, new Gate.NoUse(Duration.ofHours(1)))
                .build();
        PostgresMigrator migrator = migrator("2.0", gone);
        migrator.migrate(Phase.VALIDATE, gone.id());
        // Its next sign of life would come in twenty minutes.
        try (ApplicationInstance instance =
                        migrator.register(InstanceSettings.defaults().withLeaseTime(Duration.ofHours(1)));
                Connection connection = instance.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT name FROM users LIMIT 1");
            statement.addBatch("UPDATE users SET name = 'x' WHERE id = -1");
            statement.executeBatch();
        }
        assertThat(database.queryLong("SELECT sum(times) FROM migrator.statement_use"))
                .isEqualTo(2);
    }

    @Test
    void aLeaderWhoseMigrationFailsLeavesTheTurnToOthers() {
        Migration refused = Migration.builder("0001_name")
                .renameColumn("users", "nobody", "full_name")
                .gates(Phase.CONTRACT)
                .build();
        try (ApplicationInstance leader = migrator("2.0", refused).start(StartSettings.of(QUICK))) {
            until(() -> !database.queryBoolean("SELECT advances FROM migrator.instance"));
            assertThat(leader.isLive()).isTrue();
        }
    }

    @Test
    void aUniqueIndexThatWasBuiltBesideSomebodyWhoCameMeanwhileGoesAgain() {
        Migration unique = MigrationFiles.parse(
                "0002_unique",
                "0002_unique.yaml",
                """
                operations:
                  - createIndex: { table: users, name: users_name, columns: [name], unique: true }
                gates: { validate: [releases], contract: [], purge: [] }
                """);
        PostgresMigrator first = migrator("2.0", unique);
        first.migrate(Phase.BACKFILL, unique.id());
        ApplicationInstance[] late = new ApplicationInstance[1];
        FaultyDataSource source = FaultyDataSource.over(
                database.dataSource(),
                FaultPlan.onStatement(1, () -> late[0] = migrator("1.0").register(QUICK)),
                sql -> sql.contains("CREATE UNIQUE INDEX CONCURRENTLY"));
        try (ApplicationInstance knowing = first.register(QUICK.withUses(unique.id(), Uses.BOTH))) {
            Outcome outcome = PostgresMigrator.builder(source)
                    .release("2.0")
                    .migrations(List.of(unique))
                    .retryFor(Duration.ZERO)
                    .build()
                    .migrate(Phase.VALIDATE, unique.id())
                    .get(0)
                    .outcome();
            assertThat(source.fired()).isTrue();
            assertThat(outcome.toString()).contains("does not know the migration");
            assertThat(database.queryStrings(
                            "SELECT indexrelid::regclass FROM pg_index WHERE indrelid = 'users'::regclass"))
                    .containsExactly("users_pkey");
            late[0].close();
            assertThat(first.migrate(Phase.VALIDATE, unique.id()).get(0).outcome())
                    .isInstanceOf(Outcome.Arrived.class);
            assertThat(knowing.isLive()).isTrue();
        }
    }

    @Test
    void aSignOfLifeThatWaitsForALockUntilItIsTooLateIsTooLate() {
        database.execute(OLD_ROW, "UPDATE migrator.instance SET expires_at = clock_timestamp() + interval '400ms'");
        try (BackgroundSession contract =
                BackgroundSession.holding(database, "BEGIN; SELECT 1 FROM migrator.instance FOR UPDATE")) {
            CompletableFuture<Void> beating = CompletableFuture.runAsync(
                    () -> database.execute("SELECT migrator.heartbeat('database', 'late', '1h', '{}', '{}')"));
            until(() -> database.queryBoolean(
                    "SELECT expires_at < clock_timestamp() - interval '100ms' FROM migrator.instance"));
            contract.execute("COMMIT");
            assertThatThrownBy(beating::join).hasStackTraceContaining("has run out");
        }
    }
}
