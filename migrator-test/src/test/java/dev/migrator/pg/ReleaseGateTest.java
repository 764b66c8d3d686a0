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
import dev.migrator.pg.internal.release.ReleaseLook;
import dev.migrator.pg.internal.state.StateSql;
import dev.migrator.test.BackgroundSession;
import dev.migrator.test.FaultPlan;
import dev.migrator.test.FaultyDataSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The gate that knows which instances of the application are live. */
class ReleaseGateTest extends ReleaseSite {
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
            assertThat(migrator.history(NAME.id()))
                    .extracting(Event::event)
                    .as("the same verdict is no news")
                    .containsOnlyOnce("gate-wait");
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
                waits(outcome, "instance");
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
    void statementsOfAUserInContractAreGuardedToo() {
        for (boolean transaction : new boolean[] {true, false}) {
            Migration script = Migration.builder("0002_" + transaction)
                    .sql(sql -> sql.contract("CREATE TABLE done_" + transaction + " ()")
                            .rollback("DROP TABLE IF EXISTS done_" + transaction)
                            .transaction(transaction))
                    .gates(Phase.CONTRACT, new Gate.Releases())
                    .gates(Phase.PURGE)
                    .build();
            PostgresMigrator first = migrator("2.0", script);
            first.migrate(Phase.VALIDATE, script.id());
            try (ApplicationInstance knowing = first.register(QUICK.withUses(script.id(), Uses.NEW))) {
                ApplicationInstance[] late = new ApplicationInstance[1];
                FaultyDataSource source = FaultyDataSource.over(
                        database.dataSource(),
                        FaultPlan.onStatement(1, () -> late[0] = migrator("1.0").register(QUICK)),
                        sql -> sql.contains("'phase-started'") && sql.contains("'CONTRACT'"));
                waits(
                        migrator(source, "2.0", script)
                                .migrate(Phase.CONTRACT, script.id())
                                .get(0)
                                .outcome(),
                        late[0].id(),
                        "does not know the migration");
                assertThat(knowing.isLive()).isTrue();
                late[0].close();
            }
            assertThat(database.queryStrings("SELECT relname FROM pg_class WHERE relname = 'done_" + transaction + "'"))
                    .isEmpty();
        }
    }

    @Test
    void anApprovalThatCanNeverCountIsRefusedAndNotRecorded() {
        String ops = database.createRole("ops");
        String dev = database.createRole("dev");
        Migration strict = Migration.builder("0001_name")
                .renameColumn("users", "name", "full_name")
                .gates(
                        Phase.CONTRACT,
                        new Gate.Any(List.of(
                                new Gate.Approval(1, List.of(Identifier.of(ops)), Optional.empty()),
                                new Gate.Sql("SELECT false"))))
                .gates(Phase.PURGE)
                .build();
        PostgresMigrator migrator = migrator("2.0", strict);
        arrives(migrator, Phase.VALIDATE);
        database.execute(
                "GRANT USAGE ON SCHEMA migrator TO " + ops + ", " + dev,
                "GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA migrator TO " + ops + ", " + dev,
                "GRANT USAGE ON ALL SEQUENCES IN SCHEMA migrator TO " + ops + ", " + dev);
        assertThatThrownBy(() -> migrator.approve("0001_name", Phase.PURGE, "ann", "fine"))
                .isInstanceOf(ApprovalRefusedException.class)
                .hasMessageContainingAll("opens nothing", "Those of CONTRACT do");
        PostgresMigrator asDev = migrator(database.dataSource(dev), "2.0", strict);
        assertThatThrownBy(() -> asDev.approve("0001_name", Phase.CONTRACT, "ann", "fine"))
                .isInstanceOf(ApprovalRefusedException.class)
                .hasMessageContainingAll("from " + dev, "none of the roles " + ops);
        assertThatThrownBy(() -> migrator("2.0", NAME).approve("0001_name", Phase.CONTRACT, "ann", "fine"))
                .isInstanceOf(ApprovalRefusedException.class)
                .hasMessageContaining("another content");
        assertThat(database.queryLong("SELECT count(*) FROM migrator.approval")).isZero();
        migrator(database.dataSource(ops), "2.0", strict).approve("0001_name", Phase.CONTRACT, "ann", "fine");
        arrives(migrator, Phase.CONTRACT);
        assertThatThrownBy(() -> migrator(database.dataSource(ops), "2.0", strict)
                        .approve("0001_name", Phase.CONTRACT, "ann", "again"))
                .isInstanceOf(ApprovalRefusedException.class)
                .hasMessageContainingAll("too late", "CONTRACT COMPLETE");
    }
}
