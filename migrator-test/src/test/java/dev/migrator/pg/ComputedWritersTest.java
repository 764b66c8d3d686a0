package dev.migrator.pg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Phase;
import dev.migrator.test.EngineCrash;
import dev.migrator.test.FaultPlan;
import dev.migrator.test.FaultyDataSource;
import dev.migrator.test.TestDatabase;
import dev.migrator.transform.BatchTransform;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * Writers who have no right but on the table itself, in every form, beside engines that die anywhere between reading, computing
 * and writing; afterwards each row's column must be what its input says.
 */
class ComputedWritersTest {
    private static final int ROWS = 600;
    private static final int ENGINES_THAT_DIE = Boolean.getBoolean("migrator.test.thorough") ? 12 : 1;

    private static final class Writer implements Runnable {
        private final Connection connection;
        private final SplittableRandom random;
        private final List<String> failures;
        private volatile boolean stopping;

        Writer(Connection connection, SplittableRandom random, List<String> failures) {
            this.connection = connection;
            this.random = random;
            this.failures = failures;
        }

        @Override
        public void run() {
            while (!stopping) {
                // Slower than the function: else rows change before their values can be written.
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
                try (Statement statement = connection.createStatement()) {
                    statement.execute(next());
                } catch (SQLException e) {
                    // Two writers that meet at one row or key, as they would without us.
                    if (!List.of("40001", "23505").contains(e.getSQLState())) {
                        failures.add(e.getSQLState() + " " + e.getMessage());
                    }
                    rollBack();
                }
            }
        }

        private void rollBack() {
            try (Statement statement = connection.createStatement()) {
                statement.execute("ROLLBACK");
            } catch (SQLException e) {
                failures.add(e.getMessage());
            }
        }

        private String next() {
            int id = random.nextInt(1, ROWS + 1);
            int other = random.nextInt(ROWS + 1, 3 * ROWS);
            String body = "'w" + random.nextInt(1000) + "'";
            return switch (random.nextInt(9)) {
                case 0 -> "UPDATE docs SET body = " + body + " WHERE id = " + id;
                case 1 -> "UPDATE docs SET hits = hits + 1 WHERE id BETWEEN " + id + " AND " + (id + 5);
                case 2 ->
                    "INSERT INTO docs VALUES (" + other + ", " + body + ") ON CONFLICT (id) DO UPDATE SET body = "
                            + body;
                case 3 -> "UPDATE docs SET id = " + other + " WHERE id = " + id;
                case 4 ->
                    "BEGIN; DELETE FROM docs WHERE id = " + id + "; INSERT INTO docs VALUES (" + id + ", " + body
                            + "); COMMIT";
                case 5 ->
                    "UPDATE docs SET body = " + body + ", seal = convert_to('v:' || " + body + ", 'UTF8') WHERE id = "
                            + id;
                case 6 ->
                    "BEGIN; SAVEPOINT s; UPDATE docs SET body = 'gone' WHERE id = " + id
                            + "; ROLLBACK TO s; UPDATE docs SET body = " + body + " WHERE id = " + (id + 1)
                            + "; COMMIT";
                case 7 ->
                    "BEGIN ISOLATION LEVEL REPEATABLE READ; UPDATE docs SET body = " + body + " WHERE id = " + id
                            + "; COMMIT";
                default -> "DELETE FROM docs WHERE id = " + other;
            };
        }
    }

    @Test
    void everyRowIsWhatItsInputSaysWhateverWritersAndDyingEnginesDo() throws Exception {
        long seed = Long.getLong("migrator.test.seed", System.nanoTime());
        SplittableRandom random = new SplittableRandom(seed);
        BatchTransform slow = rows -> {
            TimeUnit.MILLISECONDS.sleep(3);
            return ComputedSite.SEALED.compute(rows);
        };
        try (ComputedSite site = new ComputedSite(ROWS)) {
            TestDatabase database = site.database();
            String role = database.createRole("writer");
            database.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON docs TO " + role);
            ComputedSite.to(site.migrator(slow), Phase.EXPAND);
            List<String> failures = Collections.synchronizedList(new ArrayList<>());
            List<Writer> writers = new ArrayList<>();
            List<Thread> threads = new ArrayList<>();
            try (Connection one = database.connectAs(role);
                    Connection two = database.connectAs(role);
                    BackfillHelper helper = site.migrator(slow).helpWithBackfills(1)) {
                for (Connection connection : List.of(one, two)) {
                    writers.add(new Writer(connection, random.split(), failures));
                    threads.add(new Thread(writers.get(writers.size() - 1), "writer"));
                }
                threads.forEach(Thread::start);
                for (int i = 0; i < ENGINES_THAT_DIE; i++) {
                    FaultyDataSource dying = FaultyDataSource.over(
                            database.dataSource(), FaultPlan.crashBefore(random.nextInt(40, 200)));
                    try {
                        site.builder(dying)
                                .transform("sealed", slow, ComputedSite.QUICK)
                                .build()
                                .migrate(Phase.BACKFILL);
                    } catch (EngineCrash e) {
                        assertThat(e).as("seed %d", seed).isNotNull();
                    }
                }
                ComputedSite.to(site.migrator(slow), Phase.VALIDATE);
                writers.forEach(writer -> writer.stopping = true);
                for (Thread thread : threads) {
                    thread.join();
                }
                site.awaitRight();
                assertThat(helper.rows()).isPositive();
            } finally {
                writers.forEach(writer -> writer.stopping = true);
            }
            assertThat(failures).as("seed %d", seed).isEmpty();
            ComputedSite.to(site.migrator(slow), Phase.CONTRACT);
            assertThat(site.wrong()).as("seed %d", seed).isZero();
            // A rollback has nothing left to compute, and leaves none of it.
            site.migrator(slow).rollback(ComputedSite.SEAL.id(), Optional.empty());
            assertThat(database.queryStrings("SELECT attname FROM pg_attribute WHERE attrelid = 'docs'::regclass"
                            + " AND attnum > 0 AND NOT attisdropped"))
                    .containsExactly("id", "body", "hits");
        }
    }
}
