package dev.migrator.pg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Gate;
import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.Uses;
import dev.migrator.engine.Outcome;
import dev.migrator.engine.Waiting;
import dev.migrator.test.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A table whose column is renamed, and releases of an application that uses it. */
abstract class ReleaseSite {
    static final Migration NAME = Migration.builder("0001_name")
            .renameColumn("users", "name", "full_name")
            .gates(Phase.CONTRACT, new Gate.Releases())
            .gates(Phase.PURGE)
            .build();
    static final InstanceSettings QUICK = InstanceSettings.defaults().withLeaseTime(Duration.ofSeconds(1));

    TestDatabase database;

    @BeforeEach
    void createDatabase() {
        database = Databases.withStateTables();
        database.execute(
                "CREATE TABLE users (id int PRIMARY KEY, name text)",
                "INSERT INTO users SELECT g, 'user ' || g FROM generate_series(1, 100) g");
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    PostgresMigrator migrator(DataSource source, String release, Migration... migrations) {
        return PostgresMigrator.builder(source)
                .release(release)
                .migrations(List.of(migrations))
                .build();
    }

    PostgresMigrator migrator(String release, Migration... migrations) {
        return migrator(database.pool(), release, migrations);
    }

    static InstanceSettings uses(Uses what) {
        return QUICK.withUses(NAME.id(), what);
    }

    static Outcome to(PostgresMigrator migrator, Phase phase) {
        return migrator.migrate(phase, NAME.id()).get(0).outcome();
    }

    static void arrives(PostgresMigrator migrator, Phase phase) {
        assertThat(to(migrator, phase)).isInstanceOf(Outcome.Arrived.class);
    }

    static void waits(Outcome outcome, String... reasons) {
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Waits.class, waits -> {
            assertThat(waits.reasons()).extracting(Waiting::gate).containsExactly("releases");
            assertThat(waits.reasons().get(0).reason()).contains(reasons);
        });
    }

    static void until(BooleanSupplier condition) {
        dev.migrator.test.internal.Waiting.until(Duration.ofMinutes(1), () -> "it has not come", condition);
    }
}
