package dev.migrator.pg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.Shape;
import dev.migrator.Uses;
import dev.migrator.engine.Outcome;
import dev.migrator.test.BackgroundSession;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Instances of the application register, live, and are refused where the schema is not safe for them. */
class InstanceTest extends ReleaseSite {
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
            // Whoever is late by the database's clock registers again, whatever it thinks itself.
            Instant registered = Instant.now();
            database.execute("UPDATE migrator.instance SET expires_at = now() - interval '1s'");
            assertThat(migrator.instances()).isEmpty();
            until(() -> migrator.instances().size() == 2);
            assertThat(migrator.instances())
                    .allMatch(instance -> instance.registeredAt().isAfter(registered));
        } finally {
            old.close();
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
                            + "', 'OLD', NULL); UPDATE migrator.migration SET phase = 'CONTRACT', status = 'RUNNING';"
                            + " UPDATE migrator.step SET status = 'DONE' WHERE phase = 'CONTRACT'")) {
                Thread registering = new Thread(
                        () -> assertThatThrownBy(() -> migrator("1.0", NAME).register(uses(Uses.OLD)))
                                .isInstanceOf(UnsafeSchemaException.class));
                registering.start();
                until(() -> database.queryBoolean("SELECT EXISTS (SELECT FROM pg_stat_activity"
                        + " WHERE query LIKE '%start_instance%' AND wait_event_type = 'Lock')"));
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
        assertThatThrownBy(() -> migrator.register(uses(Uses.NEW).withUses("0002_unknown", Uses.NEW)))
                .isInstanceOf(UnknownMigrationException.class)
                .hasMessageContaining("0002_unknown");
        assertThat(migrator.instances()).isEmpty();
        arrives(migrator, Phase.VALIDATE);
        migrator.approve(NAME.id(), Phase.CONTRACT, "ann", "nobody is there");
        arrives(migrator, Phase.CONTRACT);
        assertThatThrownBy(() -> migrator("1.0", NAME).register(QUICK))
                .hasMessageContaining("which is contracted: it stands at CONTRACT COMPLETE");
        assertThatThrownBy(() -> migrator("0.9").register(QUICK))
                .hasMessageContaining("does not know migration 0001_name, whose old shape is contracted");
        // Of a CONTRACT that failed before anything was done the old shape is whole.
        database.execute(
                "CREATE TABLE kept AS SELECT * FROM migrator.step",
                "UPDATE migrator.migration SET status = 'FAILED'",
                "UPDATE migrator.step SET status = 'PLANNED' WHERE phase = 'CONTRACT'");
        migrator("1.0", NAME).register(QUICK).close();
        database.execute("UPDATE migrator.step SET status = 'DONE' WHERE ordinal ="
                + " (SELECT min(ordinal) FROM kept WHERE phase = 'CONTRACT')");
        assertThatThrownBy(() -> migrator("1.0", NAME).register(QUICK)).hasMessageContaining("CONTRACT FAILED");
        database.execute(
                "UPDATE migrator.migration SET status = 'COMPLETE'",
                "UPDATE migrator.step SET status = kept.status FROM kept WHERE kept.ordinal = step.ordinal",
                "DROP TABLE kept");
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
        // What the engine's role may not see may be a transaction from before.
        try (ApplicationInstance instance =
                migrator(database.dataSource(role), "2.0", NAME).register(uses(Uses.BOTH))) {
            ReleaseSite.waits(
                    to(migrator, Phase.CONTRACT),
                    "whether transactions of " + role + " are from before",
                    "GRANT pg_read_all_stats");
            database.executeAsSuperuser("GRANT pg_read_all_stats TO " + database.queryString("SELECT current_user"));
            until(() -> to(migrator, Phase.CONTRACT) instanceof Outcome.Arrived);
            assertThat(instance.isLive()).isTrue();
        }
    }
}
