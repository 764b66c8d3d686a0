package dev.migrator.pg.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.engine.Outcome;
import dev.migrator.test.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An administrator ends the engine's sessions, or cancels what they do, again and again while it works: it goes on by itself
 * and ends as if nobody had. {@code -Dmigrator.test.seed=N} chooses other moments.
 */
class TerminatedBackendsTest {
    private static final long SEED = Long.getLong("migrator.test.seed", 1);
    private static final Migration MIGRATION = Samples.EVERY_OPERATION;
    /** How often a pause of the longest kind fits into an undisturbed run. */
    private static final int PAUSES = 2;
    /** Pauses grow from hit to hit, so that also on a slow machine there is an end. */
    private static final double GROWTH = 1.06;

    @RegisterExtension
    static final Arenas ARENAS = new Arenas();

    /** Each with each in the thorough variant. */
    static Stream<Arguments> interferences() {
        Arguments ended = Arguments.of("pg_terminate_backend", "forward");
        Arguments canceled = Arguments.of("pg_cancel_backend", "back");
        return Mishap.THOROUGH
                ? Stream.of(
                        ended,
                        canceled,
                        Arguments.of("pg_cancel_backend", "forward"),
                        Arguments.of("pg_terminate_backend", "back"))
                : Stream.of(ended, canceled);
    }

    @ParameterizedTest
    @MethodSource("interferences")
    void theEngineGoesOnByItself(String function, String way) {
        boolean forward = way.equals("forward");
        Arena arena = ARENAS.all().get(0);
        arena.prepare(prepared -> {
            if (!forward) {
                prepared.rig().to(MIGRATION, Phase.CONTRACT);
            }
        });
        arena.renewed();
        long begun = System.nanoTime();
        assertThat(walk(arena.rig(), forward)).isInstanceOf(Outcome.Arrived.class);
        Duration longest = Duration.ofNanos((System.nanoTime() - begun) / PAUSES);
        Picture undisturbed = Picture.of(arena, MIGRATION);
        arena.renewed();
        // Sessions of its own for each exchange: a pool would look whether one still lives before it lends it.
        Rig rig = arena.rig(arena.database().dataSource());
        try (Administrator administrator = new Administrator(arena.database(), function, longest)) {
            assertThat(walk(rig, forward)).as("seed %d", SEED).isInstanceOf(Outcome.Arrived.class);
            assertThat(administrator.hits()).isPositive();
        }
        assertThat(undisturbed.differences(Picture.of(arena, MIGRATION)))
                .as("seed %d", SEED)
                .isEmpty();
    }

    private static Outcome walk(Rig rig, boolean forward) {
        return forward
                ? rig.engine().migrate(MIGRATION, Phase.PURGE, true)
                : rig.engine().rollback(MIGRATION, Optional.empty());
    }

    private static final class Administrator implements AutoCloseable {
        private final AtomicBoolean stopped = new AtomicBoolean();
        private final AtomicInteger hits = new AtomicInteger();
        private final CompletableFuture<Void> work;

        Administrator(TestDatabase database, String function, Duration longestPause) {
            work = CompletableFuture.runAsync(() -> interfere(database, function, longestPause));
        }

        private void interfere(TestDatabase database, String function, Duration longestPause) {
            Random random = new Random(SEED);
            String sql = "SELECT count(*) FROM (SELECT " + function + "(pid) AS hit FROM pg_stat_activity"
                    + " WHERE usename = ? AND state <> 'idle'"
                    // To plan takes a second or more on a slow machine, and begins anew each time: then it is left
                    // alone.
                    + " AND (? OR EXISTS (SELECT FROM migrator.migration))) AS hits WHERE hit";
            try (Connection connection = database.connectAsSuperuser();
                    PreparedStatement statement = connection.prepareStatement(sql)) {
                double longest = longestPause.toMillis();
                while (!stopped.get()) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextLong(10, 11 + (long) longest)));
                    statement.setString(1, database.user());
                    statement.setBoolean(2, hits.get() < 3);
                    try (var rows = statement.executeQuery()) {
                        rows.next();
                        longest *= rows.getInt(1) > 0 ? GROWTH : 1;
                        hits.addAndGet(rows.getInt(1));
                    }
                }
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        int hits() {
            return hits.get();
        }

        @Override
        public void close() {
            stopped.set(true);
            work.join();
        }
    }
}
