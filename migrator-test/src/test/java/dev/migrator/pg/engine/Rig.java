package dev.migrator.pg.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Identifier;
import dev.migrator.Migration;
import dev.migrator.MigrationFiles;
import dev.migrator.Phase;
import dev.migrator.engine.CustomGates;
import dev.migrator.engine.Engine;
import dev.migrator.engine.EngineListener;
import dev.migrator.engine.EngineSettings;
import dev.migrator.engine.Outcome;
import dev.migrator.engine.Pace;
import dev.migrator.pg.internal.execute.PgExecutor;
import dev.migrator.pg.internal.plan.PgFingerprinter;
import dev.migrator.pg.internal.plan.PgPlanner;
import dev.migrator.pg.internal.state.PgStore;
import dev.migrator.pg.internal.state.StateSchema;
import dev.migrator.pg.internal.transact.ExecutorSettings;
import dev.migrator.test.TestDatabase;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;

/** An engine over a real server, put together as an application would. */
final class Rig {
    static final Identifier STATE = Identifier.of("migrator");

    private final TestDatabase database;
    private final PgStore store;
    private final PgExecutor executor;
    private final Engine engine;

    private Rig(TestDatabase database, DataSource source, EngineListener listener, Duration leaseTime) {
        this(database, source, listener, leaseTime, Duration.ofSeconds(20));
    }

    private Rig(
            TestDatabase database, DataSource source, EngineListener listener, Duration leaseTime, Duration retryFor) {
        this.database = database;
        this.store = new PgStore(source, STATE, database.name(), "test");
        this.executor = new PgExecutor(
                source,
                source,
                store.sql(),
                ExecutorSettings.defaults().withLockDeadline(Duration.ofSeconds(30)),
                Pace.system(),
                new PgFingerprinter(source));
        EngineSettings defaults = EngineSettings.of("test/" + UUID.randomUUID());
        this.engine = new Engine(
                store,
                executor,
                new RecordedPlans(new PgPlanner(source, STATE), store),
                Pace.system(),
                new EngineSettings(defaults.owner(), leaseTime, Duration.ofSeconds(30), retryFor, CustomGates.NONE),
                listener);
    }

    /** A rig whose state tables are installed. */
    static Rig over(TestDatabase database) {
        return over(database, database.pool(), EngineListener.NONE);
    }

    static Rig over(TestDatabase database, DataSource source, EngineListener listener) {
        new StateSchema(database.dataSource(), STATE).install();
        return new Rig(database, source, listener, Duration.ofSeconds(30));
    }

    /** A rig for an engine that is about to die: its lease runs out soon. */
    static Rig mortal(TestDatabase database, DataSource source) {
        return new Rig(database, source, EngineListener.NONE, Duration.ofMillis(400));
    }

    /** A rig over state tables that are there; its engine gives up soon. */
    static Rig impatient(TestDatabase database, DataSource source) {
        return new Rig(database, source, EngineListener.NONE, Duration.ofSeconds(30), Duration.ofMillis(200));
    }

    /** A migration without gates. */
    static Migration migration(String id, String operations) {
        String gates = "gates: { contract: [], purge: [] }\n";
        return MigrationFiles.parse(id, id + ".yaml", "operations:\n" + operations.indent(2) + gates);
    }

    PgStore store() {
        return store;
    }

    PgExecutor executor() {
        return executor;
    }

    Engine engine() {
        return engine;
    }

    TestDatabase database() {
        return database;
    }

    Rig to(Migration migration, Phase phase) {
        Outcome outcome = engine.migrate(migration, phase, true);
        assertThat(outcome).as("%s to %s", migration.id(), phase).isInstanceOf(Outcome.Arrived.class);
        return this;
    }

    Rig back(Migration migration, Optional<Phase> phase) {
        Outcome outcome = engine.rollback(migration, phase);
        assertThat(outcome).as("%s back to %s", migration.id(), phase).isInstanceOf(Outcome.Arrived.class);
        return this;
    }
}
