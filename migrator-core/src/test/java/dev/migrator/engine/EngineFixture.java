package dev.migrator.engine;

import dev.migrator.Direction;
import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.Status;
import dev.migrator.plan.Plan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An engine on an in-memory database with a virtual clock, for tests of one behaviour each. */
final class EngineFixture {
    static final EngineSettings SETTINGS = new EngineSettings(
            "host/1/a", Duration.ofSeconds(30), Duration.ofMinutes(10), Duration.ofMinutes(5), CustomGates.NONE);

    final InMemoryTables tables = new InMemoryTables();
    final Trouble trouble = new Trouble();
    final InMemoryDatabase database = new InMemoryDatabase(tables, trouble);
    /** The way of a person, or of another process. */
    final InMemoryDatabase beside = new InMemoryDatabase(tables, Weather.CALM);

    final List<String> retries = new ArrayList<>();
    Plan plan = SimulatedPlans.plan();
    EngineSettings settings = SETTINGS;

    Engine engine() {
        EngineListener listener = new EngineListener() {
            @Override
            public void retries(String migration, String reason) {
                retries.add(reason);
            }
        };
        return engine(listener);
    }

    Engine engine(EngineListener listener) {
        Planner planner = migration -> trouble.send("plan", Weather.Kind.QUESTION, () -> plan);
        return new Engine(database, database, planner, new VirtualPace(tables), settings, listener);
    }

    Outcome migrate(Migration migration, Phase to) {
        return engine().migrate(migration, to, false);
    }

    Outcome migrateNamed(Migration migration, Phase to) {
        return engine().migrate(migration, to, true);
    }

    Outcome rollback(Migration migration, Phase to) {
        return engine().rollback(migration, Optional.of(to));
    }

    Outcome rollbackEntirely(Migration migration) {
        return engine().rollback(migration, Optional.empty());
    }

    void approve(Migration migration, Phase phase) {
        beside.approve(migration.id(), phase, migration.checksum(), "ann", "looks good");
    }

    MigrationState state() {
        return tables.state().orElseThrow();
    }

    Position position() {
        return state().position();
    }

    /** The history, a word or two a line. */
    List<String> events() {
        return tables.history().stream()
                .map(event -> event.phase() + " " + event.event())
                .toList();
    }

    List<StepStatus> steps() {
        return tables.steps().stream().map(StepState::status).toList();
    }

    static Position forward(Phase phase, Status status) {
        return new Position(phase, status, Direction.FORWARD);
    }

    static Position back(Phase phase, Status status) {
        return new Position(phase, status, Direction.ROLLING_BACK);
    }
}
