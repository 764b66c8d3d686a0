package dev.migrator.pg.engine;

import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Old and new releases write at random, in every form that SQL offers, while a real engine walks a migration to CONTRACT,
 * back, and forward to PURGE. Not one statement may fail, and at every stop both shapes of every row must be what a model of
 * the documented rules says.
 *
 * <p>{@code -Dmigrator.test.seed=N} runs one seed; {@code -Dmigrator.test.thorough=true} runs more of them, and longer. A seed
 * decides what each writer does; when it does it is up to the scheduler, so a seed that failed may need several runs.
 */
class WritersTest {
    private static final Logger LOG = LoggerFactory.getLogger(WritersTest.class);
    private static final boolean THOROUGH = Boolean.getBoolean("migrator.test.thorough");

    private static LongStream seeds(int usual, int thorough) {
        return Optional.ofNullable(Long.getLong("migrator.test.seed"))
                .map(LongStream::of)
                .orElseGet(() -> LongStream.rangeClosed(1, THOROUGH ? thorough : usual));
    }

    static LongStream seeds() {
        return seeds(2, 20);
    }

    static LongStream fewSeeds() {
        return seeds(1, 10);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyWriteOfEveryReleaseArrivesInBothShapes(long seed) throws Exception {
        run(WriterTable.severalOperations(seed % 2 == 0), seed);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("fewSeeds")
    void typesThatChangeUnderTheSameNamesLoseNoWrite(long seed) throws Exception {
        run(WriterTable.typesUnderTheSameNames(), seed);
    }

    @EnabledIfSystemProperty(named = "migrator.test.thorough", matches = "true")
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("fewSeeds")
    void rowsThatMoveBetweenPartitionsLoseNoWrite(long seed) throws Exception {
        run(WriterTable.partitioned(seed % 2 == 0), seed);
    }

    private static void run(WriterTable table, long seed) throws Exception {
        try (WriterRun run = new WriterRun(table, seed, THOROUGH ? 60 : 6)) {
            List<Runnable> there = List.of(run::toValidate, run::contract);
            List<Runnable> back = THOROUGH || seed % 2 == 0
                    ? List.of(run::backToValidate, run::backToTheBeginning, run::toValidate, run::contract)
                    : List.of(run::backToValidate, run::contract);
            there.forEach(Runnable::run);
            back.forEach(Runnable::run);
            run.purge();
            LOG.info("{}", run.summary());
        } catch (AssertionError e) {
            throw new AssertionError(
                    "Seed " + seed + " (again with -Dmigrator.test.seed=" + seed + "): " + e.getMessage(), e);
        }
    }
}
