package dev.migrator.engine;

import dev.migrator.Gate;
import dev.migrator.Migration;
import dev.migrator.MigrationBuilder;
import dev.migrator.Phase;
import dev.migrator.plan.Plan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;

/**
 * One run of two or three engines and a person over one in-memory database in bad weather, all of it decided by a seed; then
 * the weather clears up, everything is approved, and a fresh engine has to get where an undisturbed one gets.
 */
final class Simulation {
    private static final EngineSettings SETTINGS = new EngineSettings(
            "sim", Duration.ofSeconds(10), Duration.ofSeconds(15), Duration.ofSeconds(8), CustomGates.NONE);
    private static final int[] MISHAPS_ONE_IN = {0, 15, 30, 60, 150};

    private final InMemoryTables tables;
    private final Scheduler scheduler;
    private final Plan plan;
    private final Migration migration;
    private final int mishapOneIn;

    Simulation(long seed, Sabotage sabotage, boolean tracing) {
        tables = new InMemoryTables(sabotage);
        scheduler = new Scheduler(seed, tables, tracing);
        SplittableRandom random = scheduler.random();
        int wanted = random.nextInt(3) == 0 ? random.nextInt(1 << (SimulatedPlans.LAST + 1)) : -1;
        plan = SimulatedPlans.plan(step -> (wanted & (1 << step)) != 0);
        migration = migration(random);
        mishapOneIn = MISHAPS_ONE_IN[random.nextInt(MISHAPS_ONE_IN.length)];
    }

    private static Migration migration(SplittableRandom random) {
        MigrationBuilder builder = SimulatedPlans.builder()
                .gates(Phase.VALIDATE, SimulatedPlans.QUERY)
                .gates(Phase.PURGE, new Gate.Soak(SimulatedPlans.SOAK), new Gate.Approval());
        if (random.nextBoolean()) {
            // Nobody is registered, so `releases` would only let an approval pass that comes in the right moment.
            builder.gates(Phase.CONTRACT, new Gate.Approval());
        }
        return switch (random.nextInt(4)) {
            case 0 -> SimulatedPlans.ungated();
            case 1 -> builder.rollbackGates(new Gate.Approval()).build();
            case 2 ->
                builder.gates(Phase.EXPAND, SimulatedPlans.QUERY)
                        .rollbackGates(SimulatedPlans.QUERY)
                        .build();
            default -> builder.build();
        };
    }

    List<String> trace() {
        return scheduler.trace();
    }

    /** Runs to the end, and answers with a number that tells two different runs apart. */
    long run(ExecutorService threads) {
        List<SimulatedProcess> processes = new ArrayList<>();
        int engines = 2 + scheduler.random().nextInt(2);
        for (int engine = 1; engine <= engines; engine++) {
            processes.add(new SimulatedProcess(scheduler, "engine " + engine, this::work));
        }
        processes.add(new SimulatedProcess(scheduler, "person", this::meddle));
        scheduler.run(threads, processes);
        scheduler.run(threads, List.of(new SimulatedProcess(scheduler, "last engine", this::finish)));
        scheduler.drain();
        checkTheEnd();
        return scheduler.fingerprint();
    }

    private Engine engine(SimulatedProcess process, int oneIn) {
        Weather weather = new SimulatedWeather(scheduler, process, oneIn);
        InMemoryDatabase database = new InMemoryDatabase(tables, weather);
        Planner planner = asked -> weather.send("plan", Weather.Kind.QUESTION, () -> plan);
        return new Engine(database, database, planner, process, SETTINGS, EngineListener.NONE);
    }

    private void work(SimulatedProcess process) {
        int times = 1 + scheduler.random().nextInt(4);
        for (int time = 0; time < times; time++) {
            pause(process, 10_000);
            boolean named = !scheduler.chance(3);
            Phase to = scheduler.chance(3) ? anyPhase() : Phase.PURGE;
            if (scheduler.chance(8)) {
                rollBack(process);
            } else {
                go(process, "migrate to " + to + (named ? ", named" : ""), () -> engine(process, mishapOneIn)
                        .migrate(migration, to, named));
            }
        }
    }

    private void rollBack(SimulatedProcess process) {
        Optional<Phase> to = scheduler.chance(2) ? Optional.empty() : Optional.of(anyPhase());
        go(process, "roll back to " + to, () -> engine(process, mishapOneIn).rollback(migration, to));
    }

    private void go(SimulatedProcess process, String what, java.util.function.Supplier<Outcome> walk) {
        try {
            scheduler.note(process.toString(), what, () -> "");
            Outcome outcome = walk.get();
            scheduler.note(process.toString(), what, () -> "=> " + outcome);
        } catch (SimulatedProcess.Crash e) {
            scheduler.note(process.toString(), "is dead, and starts anew", () -> "");
            process.restart();
        }
    }

    private Phase anyPhase() {
        return scheduler.any(List.of(Phase.values()));
    }

    private void pause(SimulatedProcess process, int atMostMillis) {
        process.pause(Duration.ofMillis(scheduler.random().nextInt(atMostMillis)));
    }

    private void meddle(SimulatedProcess process) {
        InMemoryDatabase database = new InMemoryDatabase(tables, Weather.CALM);
        int times = scheduler.random().nextInt(16);
        for (int time = 0; time < times; time++) {
            pause(process, 6_000);
            int whim = scheduler.random().nextInt(13);
            scheduler.note(process.toString(), "does", () -> String.valueOf(whim));
            switch (whim) {
                case 0 -> database.setPaused(migration.id(), true);
                case 1, 2 -> database.setPaused(migration.id(), false);
                case 3, 4, 5 -> approve(database, Phase.CONTRACT);
                case 6 -> approve(database, Phase.PURGE);
                case 7 -> approve(database, anyPhase());
                case 8 -> tables.setQuery(scheduler.chance(2));
                case 9 ->
                    tables.broken()
                            .add(1 + scheduler.random().nextInt(plan.steps().size()));
                case 10 -> tables.broken().clear();
                case 11 -> tables.schema().meddle();
                default -> rollBack(process);
            }
        }
    }

    private void approve(InMemoryDatabase database, Phase phase) {
        database.approve(migration.id(), phase, migration.checksum(), "person", "");
    }

    /** No more mishaps; all that stands in the way is put aside. */
    private void finish(SimulatedProcess process) {
        InMemoryDatabase database = new InMemoryDatabase(tables, Weather.CALM);
        database.setPaused(migration.id(), false);
        tables.setQuery(true);
        tables.broken().clear();
        tables.schema().tidyUp();
        Engine engine = engine(process, 0);
        boolean backFirst = scheduler.chance(3);
        for (int attempt = 0; attempt < 20 && !finished(); attempt++) {
            List.of(Phase.values()).forEach(phase -> approve(database, phase));
            boolean back = backFirst && tables.state().isPresent() && !purging();
            Outcome outcome =
                    back ? engine.rollback(migration, Optional.empty()) : engine.migrate(migration, Phase.PURGE, true);
            scheduler.note(process.toString(), back ? "rolls back" : "migrates", () -> "=> " + outcome);
            backFirst |=
                    outcome instanceof Outcome.Failed failed && failed.message().contains("the schema has changed");
            if (tables.state().filter(MigrationState::isRolledBack).isPresent()) {
                Violation.unless(
                        tables.schema().isAsBefore(), "left: " + tables.schema().describe());
                backFirst = false;
            }
            process.pause(Duration.ofSeconds(20));
        }
    }

    private boolean purging() {
        return tables.steps().stream()
                .anyMatch(state -> state.step().phase() == Phase.PURGE && state.status() != StepStatus.PLANNED);
    }

    private boolean finished() {
        return tables.state().filter(MigrationState::isFinished).isPresent();
    }

    private void checkTheEnd() {
        Violation.unless(finished(), "stuck at " + tables.state());
        InMemoryTables undisturbed = new InMemoryTables();
        InMemoryDatabase database = new InMemoryDatabase(undisturbed, Weather.CALM);
        Engine engine = new Engine(
                database, database, asked -> plan, new VirtualPace(undisturbed), SETTINGS, EngineListener.NONE);
        engine.migrate(SimulatedPlans.ungated(), Phase.PURGE, false);
        String end = tables.schema().describe();
        String expected = undisturbed.schema().describe();
        Violation.unless(end.equals(expected), "the end is " + end + ", undisturbed it is " + expected);
        tables.steps()
                .forEach(state -> Violation.unless(state.status() == StepStatus.DONE, "not done at the end: " + state));
    }
}
