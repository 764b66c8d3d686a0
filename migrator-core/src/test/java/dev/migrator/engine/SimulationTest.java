package dev.migrator.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Engines in bad weather, thousands of times. {@code -Dmigrator.sim.seed=N} replays one run and prints what happened;
 * {@code -Dmigrator.sim.seeds=N} runs more of them.
 */
class SimulationTest {
    private static final int TRACE_LINES = 120;

    @Test
    void nothingEverHappensTwiceOrOutOfOrderOrUnderAnOldTokenAndTheEndIsAlwaysTheSame() {
        Optional<Long> only = Optional.ofNullable(Long.getLong("migrator.sim.seed"));
        long seeds = Long.getLong("migrator.sim.seeds", 3000);
        LongStream chosen = only.map(LongStream::of).orElseGet(() -> LongStream.rangeClosed(1, seeds));
        Optional<Long> failed = firstFailure(chosen.boxed().toList(), Sabotage.NONE);
        assertThat(failed.map(SimulationTest::replay)).isEmpty();
        only.ifPresent(seed -> System.out.println(replay(seed)));
    }

    @Test
    void aSeedAlwaysGivesTheSameRun() {
        for (long seed = 1; seed <= 20; seed++) {
            assertThat(fingerprint(seed)).as("seed %d", seed).isEqualTo(fingerprint(seed));
        }
    }

    @ParameterizedTest
    @EnumSource(value = Sabotage.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aDatabaseThatBreaksItsPromisesIsNoticed(Sabotage sabotage) {
        List<Long> seeds = LongStream.rangeClosed(1, 2000).boxed().toList();
        assertThat(firstFailure(seeds, sabotage)).isPresent();
    }

    private static long fingerprint(long seed) {
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            return new Simulation(seed, Sabotage.NONE, false).run(threads);
        } finally {
            threads.shutdown();
        }
    }

    private static Optional<Long> firstFailure(List<Long> seeds, Sabotage sabotage) {
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            return seeds.parallelStream()
                    .filter(seed -> fails(seed, sabotage, threads))
                    .findAny();
        } finally {
            threads.shutdown();
        }
    }

    private static boolean fails(long seed, Sabotage sabotage, ExecutorService threads) {
        try {
            new Simulation(seed, sabotage, false).run(threads);
            return false;
        } catch (AssertionError e) {
            return true;
        }
    }

    /** The story of a run, told by running it again. */
    private static String replay(long seed) {
        Simulation simulation = new Simulation(seed, Sabotage.NONE, true);
        List<String> story = new ArrayList<>();
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            simulation.run(threads);
            story.add("no failure");
        } catch (AssertionError e) {
            story.add("failure: " + e.getMessage());
        } finally {
            threads.shutdown();
        }
        List<String> trace = simulation.trace();
        story.addAll(0, trace.subList(Math.max(0, trace.size() - TRACE_LINES), trace.size()));
        return "seed " + seed + ", again with -Dmigrator.sim.seed=" + seed + "\n" + String.join("\n", story) + "\n";
    }
}
