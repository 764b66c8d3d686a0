package dev.migrator.pg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.engine.Outcome;
import dev.migrator.test.EngineCrash;
import dev.migrator.test.FaultPlan;
import dev.migrator.test.FaultyDataSource;
import dev.migrator.test.TestDatabase;
import dev.migrator.test.internal.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A backfill with many workers: threads of the engine, helpers of other processes, engines that die and are followed by
 * others, pauses; beside writers of both releases, each of whose writes is kept in a model.
 */
class HelpersTest {
    private static final Logger LOG = LoggerFactory.getLogger(HelpersTest.class);
    private static final int ROWS = 20_000;
    private static final Migration RENAME = Migration.builder("0001_rename")
            .renameColumn("users", "name", "full_name")
            .build();

    private static TestDatabase database() {
        TestDatabase database = Databases.withStateTables();
        database.execute(
                "CREATE TABLE users (id int PRIMARY KEY, name text, pad text)",
                "INSERT INTO users SELECT g, 'n' || g, repeat('p', 600) FROM generate_series(1, " + ROWS + ") g");
        return database;
    }

    private static PostgresMigrator migrator(DataSource source) {
        return PostgresMigrator.builder(source)
                .migrations(List.of(RENAME))
                .leaseTime(Duration.ofSeconds(2))
                .build();
    }

    private static void await(TestDatabase database, String condition) {
        Waiting.until(Duration.ofMinutes(1), () -> condition, () -> database.queryBoolean(condition));
    }

    private static void assertFilled(TestDatabase database) {
        assertThat(database.queryLong("SELECT count(*) FROM users WHERE full_name IS DISTINCT FROM name"))
                .isZero();
        assertThat(database.queryLong("SELECT count(*) FROM migrator.backfill_chunk WHERE NOT done"))
                .isZero();
    }

    @Test
    void aHelperTakesRangesAndEachRowIsCountedOnce() {
        try (TestDatabase database = database()) {
            PostgresMigrator leader = migrator(database.dataSource());
            leader.migrate(Phase.EXPAND);
            // The leader comes to its next batch only when the helper has filled something.
            FaultyDataSource waiting = FaultyDataSource.over(
                    database.dataSource(),
                    FaultPlan.onStatement(
                            3,
                            () -> await(
                                    database,
                                    "SELECT EXISTS (SELECT FROM migrator.backfill_chunk WHERE owner LIKE '%helper%' AND rows > 0)")),
                    sql -> sql.contains("UPDATE ONLY"));
            long helped;
            try (BackfillHelper helper = migrator(database.dataSource()).helpWithBackfills(1)) {
                assertThat(migrator(waiting).migrate(Phase.BACKFILL))
                        .extracting(MigrationResult::outcome)
                        .allMatch(outcome -> outcome instanceof Outcome.Arrived);
                helped = helper.rows();
            }
            assertFilled(database);
            assertThat(helped).isBetween(1L, ROWS - 1L);
            assertThat(database.queryLong("SELECT sum(rows) FROM migrator.backfill_chunk"))
                    .isEqualTo(ROWS);
        }
    }

    @Test
    void writersOfBothReleasesLoseNothingWhileWorkersComeAndDie() throws Exception {
        long seed = Long.getLong("migrator.test.seed", System.nanoTime());
        SplittableRandom random = new SplittableRandom(seed);
        try (TestDatabase database = database()) {
            migrator(database.dataSource()).migrate(Phase.EXPAND);
            List<ModelWriter> writers = IntStream.range(0, 2)
                    .mapToObj(n -> new ModelWriter(database, n, 2, ROWS, seed + n))
                    .toList();
            List<BackfillHelper> helpers = new ArrayList<>();
            int deaths = 0;
            try {
                writers.forEach(ModelWriter::start);
                helpers.add(migrator(database.dataSource()).helpWithBackfills(2));
                // One whose connections break off again and again, in the middle of whatever it does.
                helpers.add(migrator(FaultyDataSource.over(
                                database.dataSource(), FaultPlan.cutConnectionBefore(random.nextInt(20, 200))))
                        .helpWithBackfills(1));
                while (true) {
                    FaultyDataSource dying = FaultyDataSource.over(
                            database.dataSource(), FaultPlan.crashBefore(random.nextInt(60, 400)));
                    try {
                        migrator(deaths < 4 ? dying : database.dataSource()).migrate(Phase.BACKFILL);
                        break;
                    } catch (EngineCrash crash) {
                        deaths++;
                    }
                }
            } finally {
                helpers.forEach(BackfillHelper::close);
                writers.forEach(ModelWriter::stop);
            }
            LOG.info(
                    "seed {}: {} engines died, helpers filled {}",
                    seed,
                    deaths,
                    helpers.get(0).rows());
            assertThat(writers.stream().flatMap(writer -> writer.failures().stream()))
                    .as("seed %d", seed)
                    .isEmpty();
            assertFilled(database);
            for (ModelWriter writer : writers) {
                writer.assertEverythingIsThere();
            }
        }
    }
}
