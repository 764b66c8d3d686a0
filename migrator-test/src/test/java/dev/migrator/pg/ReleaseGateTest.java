package dev.migrator.pg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.Direction;
import dev.migrator.Gate;
import dev.migrator.Identifier;
import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.Shape;
import dev.migrator.Status;
import dev.migrator.Uses;
import dev.migrator.engine.Event;
import dev.migrator.engine.GateQuestion;
import dev.migrator.engine.Outcome;
import dev.migrator.engine.Waiting;
import dev.migrator.pg.internal.release.ReleaseLook;
import dev.migrator.pg.internal.state.StateSql;
import dev.migrator.test.BackgroundSession;
import dev.migrator.test.FaultPlan;
import dev.migrator.test.FaultyDataSource;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Live instances of the application, and the gate that knows of them. */
class ReleaseGateTest {
    private static final Migration NAME = Migration.builder("0001_name")
            .renameColumn("users", "name", "full_name")
            .gates(Phase.CONTRACT, new Gate.Releases())
            .gates(Phase.PURGE)
            .build();
    private static final InstanceSettings QUICK = InstanceSettings.defaults().withLeaseTime(Duration.ofSeconds(1));

    private TestDatabase database;

    @BeforeEach
    void createDatabase() {
        database = PostgresServer.shared().createDatabase();
        database.execute(
                "CREATE TABLE users (id int PRIMARY KEY, name text)",
                "INSERT INTO users SELECT g, 'user ' || g FROM generate_series(1, 100) g");
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    private PostgresMigrator migrator(DataSource source, String release, Migration... migrations) {
        return PostgresMigrator.builder(source)
                .release(release)
                .migrations(List.of(migrations))
                .build();
    }

    private PostgresMigrator migrator(String release, Migration... migrations) {
        return migrator(database.dataSource(), release, migrations);
    }

    private static InstanceSettings uses(Uses what) {
        return QUICK.withUses(NAME.id(), what);
    }

    private static Outcome to(PostgresMigrator migrator, Phase phase) {
        return migrator.migrate(phase, NAME.id()).get(0).outcome();
    }

    private static void arrives(PostgresMigrator migrator, Phase phase) {
        assertThat(to(migrator, phase)).isInstanceOf(Outcome.Arrived.class);
    }

    private static void waits(Outcome outcome, String... reasons) {
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Waits.class, waits -> {
            assertThat(waits.reasons()).extracting(Waiting::gate).containsExactly("releases");
            assertThat(waits.reasons().get(0).reason()).contains(reasons);
        });
    }

    private static void until(BooleanSupplier condition) {
        dev.migrator.test.internal.Waiting.until(Duration.ofMinutes(1), () -> "it has not come", condition);
    }

    @Test
    void anInstanceThatUsesTheOldShapeKeepsContractShutUntilItIsClosed() {
        PostgresMigrator migrator = migrator("2.0", NAME);
        arrives(migrator, Phase.VALIDATE);
        try (ApplicationInstance old = migrator("1.0", NAME).register(uses(Uses.OLD));
                ApplicationInstance modern = migrator.register(uses(Uses.NEW))) {
            waits(to(migrator, Phase.CONTRACT), "instance " + old.id() + " (release 1.0) uses the old shape");
            migrator.approve(NAME.id(), Phase.CONTRACT, "ann", "go");
            waits(to(migrator, Phase.CONTRACT), "uses the old shape");
            assertThat(migrator.instances()).extracting(InstanceStatus::release).containsExactly("1.0", "2.0");
            assertThat(modern.isLive()).isTrue();
            old.close();
            assertThat(old.isLive()).isFalse();
            arrives(migrator, Phase.CONTRACT);
            assertThat(migrator.history(NAME.id()))
                    .extracting(Event::event)
                    .containsSubsequence("gate-wait", "waiting", "gate-pass", "phase-started");
        }
    }

    @Test
    void aReleaseThatDoesNotKnowTheMigrationOrIsTooOldKeepsItShut() {
        Migration minimum = Migration.builder("0001_name")
                .renameColumn("users", "name", "full_name")
                .gates(Phase.CONTRACT, new Gate.Releases(Optional.of("2.10"), List.of(), List.of(), false))
                .gates(Phase.PURGE)
                .build();
        PostgresMigrator migrator = migrator("2.10", minimum);
        arrives(migrator, Phase.VALIDATE);
        try (ApplicationInstance first = migrator("1.9").register(QUICK)) {
            waits(to(migrator, Phase.CONTRACT), first.id(), "does not know the migration");
        }
        try (ApplicationInstance second = migrator("2.9", minimum).register(uses(Uses.NEW))) {
            waits(to(migrator, Phase.CONTRACT), second.id(), "is older than 2.10");
        }
        try (ApplicationInstance third = migrator("2.10.1", minimum).register(uses(Uses.NEW))) {
            arrives(migrator, Phase.CONTRACT);
            assertThat(third.shape(NAME.id())).isEqualTo(Shape.NEW);
        }
    }

    @Test
    void aKilledInstanceExpiresAndOneThatCannotBeatIsPromisedNothing() {
        PostgresMigrator migrator = migrator("2.0", NAME);
        arrives(migrator, Phase.VALIDATE);
        ApplicationInstance old = migrator("1.0", NAME).register(uses(Uses.OLD));
        try (ApplicationInstance modern = migrator.register(uses(Uses.NEW))) {
            database.execute("ALTER FUNCTION migrator.heartbeat RENAME TO gone");
            until(() -> !old.isLive() && !modern.isLive());
            assertThatThrownBy(() -> old.shape(NAME.id()))
                    .isInstanceOf(InstanceLapsedException.class)
                    .hasMessageContaining("try again");
            database.execute("ALTER FUNCTION migrator.gone RENAME TO heartbeat");
            until(() -> old.isLive() && modern.isLive());
            assertThat(migrator.instances()).hasSize(2);
        } finally {
            old.close();
        }
    }

    @Test
    void whoBearsBothChangesOverWhenTheNewShapeIsProvenAndContractWaitsForThat() {
        PostgresMigrator migrator = migrator("2.0", NAME);
        try (ApplicationInstance both = migrator.register(uses(Uses.BOTH))) {
            assertThat(both.shape(NAME.id())).isEqualTo(Shape.OLD);
            arrives(migrator, Phase.BACKFILL);
            assertThat(both.shape(NAME.id())).isEqualTo(Shape.OLD);
            arrives(migrator, Phase.VALIDATE);
            until(() -> both.shape(NAME.id()) == Shape.NEW);
            try (BackgroundSession before = BackgroundSession.holding(database, "BEGIN; SELECT 1")) {
                database.execute(
                        "UPDATE migrator.instance_migration SET acknowledged_at = clock_timestamp() + interval '1 hour'");
                waits(to(migrator, Phase.CONTRACT), "pid " + before.pid(), "from before the instances changed over");
            }
            database.execute("UPDATE migrator.instance_migration SET acknowledged_epoch = -1");
            waits(to(migrator, Phase.CONTRACT), both.id(), "has not acknowledged the new shape");
            database.execute(
                    "UPDATE migrator.instance_migration SET acknowledged_epoch = 1, acknowledged_at = clock_timestamp()");
            arrives(migrator, Phase.CONTRACT);
        }
    }

    @Test
    void theNewShapeDoesNotGoWhileAnInstanceUsesIt() {
        PostgresMigrator migrator = migrator("2.0", NAME);
        arrives(migrator, Phase.VALIDATE);
        try (ApplicationInstance modern = migrator.register(uses(Uses.NEW));
                ApplicationInstance both = migrator.register(uses(Uses.BOTH))) {
            arrives(migrator, Phase.CONTRACT);
            // Back to where both shapes stand nobody loses anything.
            assertThat(migrator.rollback(NAME.id(), Optional.of(Phase.VALIDATE)))
                    .isInstanceOf(Outcome.Arrived.class);
            waits(migrator.rollback(NAME.id(), Optional.empty()), modern.id() + " (release 2.0) uses the new");
            modern.close();
            // It was told only by the beginning of the rollback, which waits for it.
            Outcome outcome = migrator.rollback(NAME.id(), Optional.empty());
            if (outcome instanceof Outcome.Waits) {
                waits(outcome, both.id(), "has not acknowledged the old shape");
                assertThat(migrator.status(NAME.id()).get(0).position().status())
                        .isEqualTo(Status.WAITING);
            }
            until(() -> both.shape(NAME.id()) == Shape.OLD);
            until(() -> migrator.rollback(NAME.id(), Optional.empty()) instanceof Outcome.Arrived);
        }
    }

    @Test
    void whoRegistersBetweenTheGateAndContractIsSeenInItsOwnTransaction() {
        PostgresMigrator first = migrator("2.0", NAME);
        arrives(first, Phase.VALIDATE);
        try (ApplicationInstance modern = first.register(uses(Uses.NEW))) {
            ApplicationInstance[] late = new ApplicationInstance[1];
            FaultyDataSource source = FaultyDataSource.over(
                    database.dataSource(),
                    FaultPlan.onStatement(
                            1, () -> late[0] = migrator("1.0", NAME).register(uses(Uses.OLD))),
                    sql -> sql.contains("'phase-started'") && sql.contains("'CONTRACT'"));
            PostgresMigrator migrator = migrator(source, "2.0", NAME);
            waits(
                    to(migrator, Phase.CONTRACT),
                    late[0].id(),
                    "uses the old shape",
                    "registered after the gate was open");
            assertThat(source.fired()).isTrue();
            assertThat(database.queryLong("SELECT count(name) FROM users")).isEqualTo(100);
            late[0].close();
            arrives(migrator, Phase.CONTRACT);
            assertThat(modern.isLive()).isTrue();
        }
    }

    @Test
    void whoRegistersWhileContractIsUnderWayWaitsForItAndIsRefused() {
        PostgresMigrator migrator = migrator("2.0", NAME);
        arrives(migrator, Phase.VALIDATE);
        try (ApplicationInstance modern = migrator.register(uses(Uses.NEW))) {
            try (BackgroundSession contract = BackgroundSession.holding(
                    database,
                    "BEGIN; SELECT migrator.ensure_released('database', '0001_name', '" + NAME.checksum()
                            + "', 'OLD', NULL); UPDATE migrator.migration SET phase = 'CONTRACT', status = 'RUNNING'")) {
                Thread registering = new Thread(
                        () -> assertThatThrownBy(() -> migrator("1.0", NAME).register(uses(Uses.OLD)))
                                .isInstanceOf(UnsafeSchemaException.class));
                registering.start();
                until(() -> database.queryBoolean("SELECT EXISTS (SELECT FROM pg_stat_activity"
                        + " WHERE query LIKE '%register_instance%' AND wait_event_type = 'Lock')"));
                assertThat(registering.isAlive()).isTrue();
                contract.execute("COMMIT");
                until(() -> !registering.isAlive());
            }
            assertThat(migrator.instances()).extracting(InstanceStatus::id).containsExactly(modern.id());
        }
    }

    @Test
    void aReleaseIsRefusedWhoseShapeIsNotThereWithTheReason() {
        PostgresMigrator migrator = migrator("2.0", NAME);
        assertThatThrownBy(() -> migrator.register(uses(Uses.NEW)))
                .isInstanceOf(UnsafeSchemaException.class)
                .hasMessageContainingAll("release 2.0", "0001_name, which was never started here", "not registered");
        arrives(migrator, Phase.BACKFILL);
        assertThatThrownBy(() -> migrator.register(uses(Uses.NEW)))
                .hasMessageContaining("which is not validated: it stands at BACKFILL COMPLETE");
        Migration other = Migration.builder("0001_name")
                .renameColumn("users", "name", "whole_name")
                .build();
        assertThatThrownBy(() -> migrator("2.1", other).register(uses(Uses.BOTH)))
                .hasMessageContainingAll("with another content", "full_name", "whole_name");
        assertThat(migrator.instances()).isEmpty();
        arrives(migrator, Phase.VALIDATE);
        migrator.approve(NAME.id(), Phase.CONTRACT, "ann", "nobody is there");
        arrives(migrator, Phase.CONTRACT);
        assertThatThrownBy(() -> migrator("1.0", NAME).register(QUICK))
                .hasMessageContaining("which is contracted: it stands at CONTRACT COMPLETE");
        arrives(migrator, Phase.PURGE);
        try (ApplicationInstance later = migrator("3.0", NAME).register(QUICK)) {
            assertThat(later.isLive()).isTrue();
        }
        assertThatThrownBy(() -> migrator("1.0", NAME).register(uses(Uses.OLD))).hasMessageContaining("PURGE COMPLETE");
    }

    @Test
    void whoWaitsIsRegisteredAsSoonAsTheSchemaIsSafe() throws Exception {
        PostgresMigrator migrator = migrator("2.0", NAME);
        arrives(migrator, Phase.BACKFILL);
        Thread validating = new Thread(() -> {
            until(() -> database.queryBoolean(
                    "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE '%unregister_instance%')"));
            migrator.migrate(Phase.VALIDATE);
        });
        validating.start();
        try (ApplicationInstance modern = migrator.register(uses(Uses.NEW).withWaitFor(Duration.ofMinutes(1)))) {
            assertThat(modern.shape(NAME.id())).isEqualTo(Shape.NEW);
        }
        validating.join();
    }

    @Test
    void sessionsThatBelongToNobodyRegisteredAreNamedUnlessSomebodyKnows() {
        PostgresMigrator migrator = migrator("2.0", NAME);
        arrives(migrator, Phase.VALIDATE);
        String role = database.createRole("reports");
        try (ApplicationInstance modern = migrator.register(uses(Uses.NEW));
                BackgroundSession stranger =
                        BackgroundSession.holding(database, role, "SET application_name = 'monthly'; SELECT 1")) {
            waits(
                    to(migrator, Phase.CONTRACT),
                    "1 session of " + role + " (application monthly) belongs to no registered");
            for (Gate.Releases gate : List.of(
                    new Gate.Releases(Optional.empty(), List.of(Identifier.of(role)), List.of(), false),
                    new Gate.Releases(Optional.empty(), List.of(), List.of("monthly"), false))) {
                assertThat(new ReleaseLook(
                                        database.dataSource(),
                                        new StateSql(Identifier.of("migrator"), StateSql.DATABASE))
                                .at(
                                        gate,
                                        new GateQuestion(
                                                NAME, Phase.CONTRACT, Direction.FORWARD, Optional.of(Shape.OLD)))
                                .unknown())
                        .isEmpty();
            }
            migrator.approve(NAME.id(), Phase.CONTRACT, "ann", "reports do not read users");
            arrives(migrator, Phase.CONTRACT);
            assertThat(modern.isLive() && stranger.pid() > 0).isTrue();
            assertThat(migrator.history(NAME.id()))
                    .extracting(Event::detail)
                    .anyMatch(detail -> detail.startsWith("releases: approved, though 1 session of " + role));
        }
    }

    @Test
    void aRoleThatMayOnlyUseTheStateSchemaCanRegister() {
        PostgresMigrator migrator = migrator("2.0", NAME);
        arrives(migrator, Phase.VALIDATE);
        String role = database.createRole("app");
        database.execute("GRANT USAGE ON SCHEMA migrator TO " + role);
        try (ApplicationInstance instance =
                migrator(database.dataSource(role), "2.0", NAME).register(uses(Uses.NEW))) {
            assertThat(migrator.instances()).singleElement().satisfies(status -> {
                assertThat(status.id()).isEqualTo(instance.id());
                assertThat(status.role()).isEqualTo(role);
                assertThat(status.uses()).containsExactly(Map.entry(NAME.id(), new InstanceStatus.Use(Uses.NEW, true)));
            });
        }
    }
}
