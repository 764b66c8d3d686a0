package dev.migrator.pg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.Gate;
import dev.migrator.Migration;
import dev.migrator.MigrationBuilder;
import dev.migrator.Phase;
import dev.migrator.Status;
import dev.migrator.engine.Event;
import dev.migrator.engine.Outcome;
import dev.migrator.engine.PlanRefusedException;
import dev.migrator.engine.StepFailure;
import dev.migrator.plan.Plan;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The facade on a real server. */
class PostgresMigratorTest {
    private static final Migration NAME = renaming("0001_name").build();
    private static final Migration NICK =
            Migration.builder("0002_nick").addColumn("users", "nick", "text").build();
    private static final Migration NOTE =
            Migration.builder("0003_note").addColumn("orders", "note", "text").build();

    private TestDatabase database;

    private static MigrationBuilder renaming(String id) {
        return Migration.builder(id).renameColumn("users", "name", "full_name");
    }

    @BeforeEach
    void createDatabase() {
        database = PostgresServer.shared().createDatabase();
        database.execute(
                "CREATE TABLE users (id int PRIMARY KEY, name text)",
                "INSERT INTO users SELECT g, 'user ' || g FROM generate_series(1, 500) g",
                "CREATE TABLE orders (id int PRIMARY KEY)");
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    private PostgresMigrator migrator(Migration... migrations) {
        return PostgresMigrator.builder(database.dataSource())
                .migrations(List.of(migrations))
                .build();
    }

    private static MigrationStatus status(PostgresMigrator migrator, Migration migration) {
        return migrator.status(migration.id()).get(0);
    }

    private boolean hasStateSchema() {
        return database.queryBoolean("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'migrator')");
    }

    @Test
    void buildTellsEverythingThatIsWrongAtOnce() {
        assertThatThrownBy(() -> PostgresMigrator.builder(database.dataSource())
                        .migrations(List.of(NAME, NAME))
                        .stateSchema("")
                        .leaseTime(Duration.ZERO)
                        .leaseWait(Duration.ofSeconds(-1))
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("0001_name", "stateSchema", "leaseTime", "leaseWait");
    }

    @Test
    void anOldServerIsRefused() {
        assertThatThrownBy(() -> Server.checkVersion("shop", 130_011, "13.11"))
                .hasMessageContainingAll("shop", "PostgreSQL 13.11", "14 or later", "Nothing was done");
        Server.checkVersion("shop", 140_000, "14.0");
    }

    @Test
    void whatOnlyReadsInstallsNothing() {
        PostgresMigrator migrator = migrator(NAME, NICK);
        assertThat(migrator.plan()).extracting(Plan::migration).containsExactly("0001_name", "0002_nick");
        assertThat(migrator.status()).extracting(MigrationStatus::id).containsExactly("0001_name", "0002_nick");
        assertThat(migrator.history("0001_name")).isEmpty();
        assertThat(migrator.rollback("0001_name", Optional.empty())).isInstanceOf(Outcome.Failed.class);
        assertThatThrownBy(() -> migrator.verify("0001_name", progress -> {})).isInstanceOf(StepFailure.class);
        assertThat(hasStateSchema()).isFalse();
        migrator.pause("0001_name");
        assertThat(hasStateSchema()).isTrue();
    }

    @Test
    void oneThatWasNeverStartedStandsBeforeExpand() {
        MigrationStatus status = status(migrator(NAME), NAME);
        assertThat(status.position()).hasToString("EXPAND PENDING");
        assertThat(status.target()).isEqualTo(database.name());
        assertThat(status.updatedAt()).isEmpty();
        assertThat(status.backfill()).isEmpty();
        assertThat(status.rollback().possible()).isFalse();
    }

    @Test
    void migrationsAdvanceInOrderAndOneOnTheSameTableWaits() {
        PostgresMigrator migrator = migrator(NAME, NICK, NOTE);
        List<MigrationResult> results = migrator.migrate();
        assertThat(results).extracting(MigrationResult::id).containsExactly("0001_name", "0002_nick", "0003_note");
        assertThat(results.get(1).outcome()).isInstanceOfSatisfying(Outcome.Waits.class, waits -> {
            assertThat(waits.phase()).isEqualTo(Phase.EXPAND);
            assertThat(waits.reasons().get(0).gate()).isEqualTo("order");
            assertThat(waits.reasons().get(0).reason()).contains("0001_name", "public.users");
        });
        assertThat(status(migrator, NICK).waiting()).hasSize(1);
        assertThat(status(migrator, NOTE).position().phase()).isEqualTo(Phase.CONTRACT);
    }

    @Test
    void oneThatWasRolledBackIsInNobodysWay() {
        PostgresMigrator migrator = migrator(NAME, NICK);
        migrator.migrate(Phase.BACKFILL, "0001_name");
        assertThat(migrator.rollback("0001_name", Optional.empty())).isInstanceOf(Outcome.Arrived.class);
        List<MigrationResult> results = migrator.migrate(Phase.EXPAND);
        assertThat(results).extracting(MigrationResult::outcome).allMatch(Outcome.Arrived.class::isInstance);
        assertThat(status(migrator, NICK).position().phase()).isEqualTo(Phase.EXPAND);
        assertThat(migrator.migrate(Phase.EXPAND, "0001_name").get(0).outcome())
                .as("now the other one is under way")
                .isInstanceOf(Outcome.Waits.class);
    }

    @Test
    void aRefusalIsAFailureThatStopsTheWalk() {
        Migration wrong = Migration.builder("0001_wrong")
                .renameColumn("users", "nom", "full_name")
                .build();
        PostgresMigrator migrator = migrator(wrong, NOTE);
        assertThatThrownBy(() -> migrator.plan("0001_wrong")).isInstanceOf(PlanRefusedException.class);
        List<MigrationResult> results = migrator.migrate();
        assertThat(results).hasSize(1);
        assertThat(results.get(0).outcome())
                .isInstanceOfSatisfying(Outcome.Failed.class, failed -> assertThat(failed.message())
                        .contains("nothing was changed"));
        assertThat(status(migrator, wrong).updatedAt()).isEmpty();
    }

    @Test
    void theBackfillAndTheWayBackAreShown() {
        Migration open = renaming("0001_name")
                .gates(Phase.CONTRACT)
                .gates(Phase.PURGE, new Gate.Approval())
                .build();
        PostgresMigrator migrator = migrator(open);
        migrator.migrate(Phase.VALIDATE);
        MigrationStatus validated = status(migrator, open);
        BackfillStatus backfill = validated.backfill().orElseThrow();
        assertThat(backfill.rows()).isEqualTo(500);
        assertThat(backfill.blocksDone()).isEqualTo(backfill.blocksTotal());
        assertThat(backfill.rowsPerSecond()).isPresent();
        assertThat(backfill.etaSeconds()).contains(0L);
        assertThat(validated.rollback().how()).isEqualTo(RollbackStatus.INSTANT);

        migrator.migrate();
        MigrationStatus contracted = status(migrator, open);
        assertThat(contracted.position()).hasToString("PURGE WAITING");
        assertThat(contracted.rollback().possible()).isTrue();
        assertThat(contracted.rollback().reason()).contains("reads the tables once");

        migrator.approve("0001_name", Phase.PURGE, "ann", "soaked");
        assertThat(migrator.migrate().get(0).outcome()).isInstanceOf(Outcome.Arrived.class);
        MigrationStatus purged = status(migrator, open);
        assertThat(purged.position()).hasToString("PURGE COMPLETE");
        assertThat(purged.rollback().possible()).isFalse();
        assertThat(purged.rollback().reason()).contains("point of no return");
    }

    @Test
    void rowsThatHaveOutgrownTheOldShapeCloseTheWayBackAndAreCounted() {
        database.execute("ALTER TABLE users ADD COLUMN big int NOT NULL DEFAULT 1");
        Migration wider = Migration.builder("0001_big")
                .changeType("users", "big", "bigint")
                .gates(Phase.CONTRACT)
                .build();
        PostgresMigrator migrator = migrator(wider);
        migrator.migrate();
        assertThat(status(migrator, wider).rollback().possible()).isTrue();
        database.execute("UPDATE users SET big = 3000000000 WHERE id IN (7, 8)");
        RollbackStatus rollback = status(migrator, wider).rollback();
        assertThat(rollback.possible()).isFalse();
        assertThat(rollback.reason()).contains("2 rows");
        assertThat(migrator.rollback("0001_big", Optional.empty())).isInstanceOf(Outcome.Failed.class);
    }

    @Test
    void aRecordIsEnoughToLookStopAndGoOn() {
        migrator(NAME).migrate(Phase.EXPAND);
        PostgresMigrator without = migrator();
        assertThat(without.status()).extracting(MigrationStatus::id).containsExactly("0001_name");
        assertThat(without.history("0001_name")).extracting(Event::event).contains("started");
        without.pause("0001_name");
        assertThat(without.status("0001_name").get(0).position().status()).isEqualTo(Status.PAUSED);
        without.resume("0001_name");
        assertThat(without.status("0001_name").get(0).position().status()).isEqualTo(Status.COMPLETE);
        assertThatThrownBy(() -> without.rollback("0001_name", Optional.empty()))
                .isInstanceOf(UnknownMigrationException.class);
        assertThatThrownBy(() -> without.pause("0009")).isInstanceOf(UnknownMigrationException.class);
    }

    @Test
    void thePlanOfOneThatHasStartedIsTheRecordedOne() {
        PostgresMigrator migrator = migrator(NAME);
        Plan planned = migrator.plan("0001_name").get(0);
        migrator.migrate(Phase.BACKFILL);
        assertThat(migrator.plan("0001_name").get(0).steps()).isEqualTo(planned.steps());
    }

    @Test
    void pausesDoNotCountAsWork() {
        Instant start = Instant.parse("2026-03-01T10:00:00Z");
        List<Event> history = List.of(
                event(start, "phase-started"),
                event(start.plusSeconds(10), "pause-requested"),
                event(start.plusSeconds(20), "paused"),
                event(start.plusSeconds(500), "resumed"),
                event(start.plusSeconds(600), "phase-resumed"));
        assertThat(StatusReader.workingTime(history, start.plusSeconds(630))).isEqualTo(Duration.ofSeconds(50));
        assertThat(StatusReader.workingTime(List.of(), start)).isZero();
        assertThat(StatusReader.workingTime(history, start.plusSeconds(550)))
                .as("the engine was last seen before it began again")
                .isEqualTo(Duration.ofSeconds(20));
    }

    private static Event event(Instant at, String name) {
        return new Event(at, Phase.BACKFILL, name, "ann", "", "");
    }
}
