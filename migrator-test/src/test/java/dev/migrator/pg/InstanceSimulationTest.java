package dev.migrator.pg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Gate;
import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.Uses;
import dev.migrator.engine.Outcome;
import dev.migrator.test.internal.Waiting;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/**
 * Many instances of many releases, chosen by a seed: they hear of nothing but by their own signs of life, are late by the server's
 * clock while they count themselves live, hold transactions open, die and come back as another release; an engine contracts and
 * rolls back all the while. No statement ever meets a shape that is not there.
 */
class InstanceSimulationTest extends ReleaseSite {
    static final Migration SIMULATED = Migration.builder("0001_name")
            .renameColumn("users", "name", "full_name")
            .gates(Phase.CONTRACT, new Gate.Releases(Optional.empty(), List.of(), List.of(), true))
            .gates(Phase.PURGE)
            .build();
    private static final int INSTANCES = 8;
    private static final int TURNS = 1;

    private final AtomicInteger contracted = new AtomicInteger();
    private final AtomicInteger rolledBack = new AtomicInteger();
    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicReference<Exception> failure = new AtomicReference<>();

    @Test
    void noStatementMeetsAShapeThatIsNotThere() throws Exception {
        long seed = Long.getLong("migrator.test.seed", 20_261_123L);
        int turns = Boolean.getBoolean("migrator.test.thorough") ? 40 : TURNS;
        Random random = new Random(seed);
        PostgresMigrator migrator = PostgresMigrator.builder(database.dataSource())
                .migrations(List.of(SIMULATED))
                .build();
        migrator.migrate(Phase.BACKFILL);
        List<SimulatedInstance> instances = new ArrayList<>();
        for (int i = 0; i < INSTANCES; i++) {
            instances.add(new SimulatedInstance(database, i, random.nextLong()));
        }
        Thread engine = new Thread(() -> contractAndRollBack(migrator), "engine");
        engine.start();
        List<Thread> threads = instances.stream()
                .map(instance -> new Thread(() -> live(instance)))
                .toList();
        threads.forEach(Thread::start);
        try {
            Waiting.until(
                    Duration.ofMinutes(10),
                    () -> "seed " + seed + ": " + rolledBack + " turns",
                    () -> failure.get() != null || rolledBack.get() >= turns);
        } finally {
            stop.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
            engine.join();
        }
        assertThat(failure.get()).as("seed " + seed).isNull();
        long refused = instances.stream().mapToLong(SimulatedInstance::refused).sum();
        long statements =
                instances.stream().mapToLong(SimulatedInstance::statements).sum();
        System.out.printf(
                "seed %d: %d statements, %d transactions refused, %d times contracted, %d times rolled back%n",
                seed, statements, refused, contracted.get(), rolledBack.get());
        assertThat(refused).isPositive();
        // All of them were killed.
        database.execute("UPDATE migrator.instance SET expires_at = now() - interval '1s'");
        until(() -> migrator.rollback(SIMULATED.id(), Optional.empty()) instanceof Outcome.Arrived);
        assertThat(database.queryLong("SELECT count(*) FROM users WHERE name IS DISTINCT FROM 'user ' || id"))
                .isZero();
        assertThat(database.queryLong("SELECT count(*) FROM users WHERE id > 100"))
                .isEqualTo(instances.stream()
                        .mapToLong(SimulatedInstance::committed)
                        .sum());
    }

    private void live(SimulatedInstance instance) {
        try {
            while (!stop.get()) {
                instance.act();
            }
            instance.end();
        } catch (SQLException | RuntimeException e) {
            failure.compareAndSet(null, e);
        }
    }

    private void contractAndRollBack(PostgresMigrator migrator) {
        while (!stop.get()) {
            if (migrator.migrate(Phase.CONTRACT, SIMULATED.id()).get(0).outcome() instanceof Outcome.Arrived) {
                contracted.incrementAndGet();
                while (!stop.get()
                        && !(migrator.rollback(SIMULATED.id(), Optional.of(Phase.BACKFILL))
                                instanceof Outcome.Arrived)) {
                    Thread.onSpinWait();
                }
                rolledBack.incrementAndGet();
            }
        }
    }

    /** What an instance may be. */
    static final List<Uses> KINDS = List.of(Uses.OLD, Uses.NEW, Uses.BOTH, Uses.BOTH, Uses.BOTH, Uses.BOTH);
}
