package dev.migrator.pg.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.engine.EngineListener;
import dev.migrator.engine.Outcome;
import dev.migrator.pg.execute.Application;
import dev.migrator.test.BackgroundSession;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.SchemaSnapshot;
import dev.migrator.test.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Somebody holds a lock when a migration begins, and again when it is rolled back. It is named, the migration ends by itself
 * once the lock is gone, and the application, which reads and writes all the time, is at most held up by whoever holds the lock.
 */
class HeldLocksTest {
    private static final Duration GENEROUS = Duration.ofSeconds(2);
    private static final boolean THOROUGH = Mishap.THOROUGH;
    private static final int ROWS = 700;

    private final Queue<String> waits = new ConcurrentLinkedQueue<>();
    private TestDatabase database;

    @BeforeEach
    void createTables() {
        database = PostgresServer.shared().createDatabase();
        database.execute(
                "CREATE TABLE teams (id int PRIMARY KEY)",
                "INSERT INTO teams VALUES (1)",
                "CREATE TABLE users (id int PRIMARY KEY, n int, note text, more text, team int)",
                "INSERT INTO users SELECT g, g, 'note ' || g, 'more', 1 FROM generate_series(0, " + ROWS + ") g",
                """
                CREATE FUNCTION slow(team int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
                BEGIN PERFORM pg_sleep(0.005); RETURN team; END $$""");
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    /** All of them in the thorough variant; else those that need no time of their own. */
    static Stream<Arguments> locks() {
        List<Arguments> all = HeldLockCases.all();
        Arguments lastBrief = all.stream()
                .filter(arguments -> lock(arguments).isBrief())
                .reduce((first, second) -> second)
                .orElseThrow();
        // Of those that are told to let go all but one.
        return all.stream().filter(arguments -> THOROUGH || (lock(arguments).isBrief() && arguments != lastBrief));
    }

    private static HeldLock lock(Arguments arguments) {
        return (HeldLock) arguments.get()[0];
    }

    private Rig rig() {
        return Rig.over(database, database.dataSource(), new EngineListener() {
            @Override
            public void waits(String migration, String reason) {
                waits.add(reason);
            }

            @Override
            public void retries(String migration, String reason) {
                waits.add(reason);
            }
        });
    }

    private static String statement(int n, String set) {
        return n % 2 == 0
                ? "SELECT * FROM users WHERE id = " + (1 + n % ROWS)
                : "UPDATE users SET " + set + " WHERE id = " + (1 + n % ROWS);
    }

    /** Works on with the lock held, until it has told for whom it waits; then lets go, and waits for its end. */
    private Duration held(HeldLock lock, Supplier<Outcome> work) throws Exception {
        waits.clear();
        long begun = System.nanoTime();
        HeldLock.Held held = lock.take().apply(database);
        long gone;
        CompletableFuture<Outcome> outcome;
        try {
            outcome = CompletableFuture.supplyAsync(work);
            for (int i = 0; waits.isEmpty() && !outcome.isDone() && i < 3000; i++) {
                Thread.sleep(10);
            }
            assertThat(outcome).as("while it is held").isNotDone();
        } finally {
            held.letGo();
            gone = System.nanoTime();
        }
        assertThat(outcome.get(1, TimeUnit.MINUTES)).isInstanceOf(Outcome.Arrived.class);
        assertThat(waits).anySatisfy(reason -> assertThat(reason).contains(held.id(), lock.told()));
        return lock.stopsTheApplication() ? Duration.ofNanos(gone - begun) : Duration.ZERO;
    }

    private void whileItWorks(HeldLock lock, String set, Work work) throws Exception {
        try (Application application = new Application(database, 2, n -> statement(n, set))) {
            application.doesMore(10);
            Duration allowed = work.run();
            application.doesMore(10);
            application.close();
            System.out.println("held: " + lock + ", " + set + ": " + application.measured() + ", of these "
                    + allowed.toMillis() + " ms may be the holder's");
            assertThat(application.failures()).isEmpty();
            assertThat(application.slowest()).isLessThan(allowed.plus(GENEROUS));
        }
    }

    /** What is done; for how long somebody else kept the application waiting meanwhile. */
    private interface Work {
        Duration run() throws Exception;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("locks")
    void whoHoldsALockIsNamedAndTheMigrationEndsByItself(HeldLock lock, String fresh, Migration migration)
            throws Exception {
        if (!lock.isBrief()) {
            // What is rebuilt with this index takes some seconds; a write of n has to be quick all the same.
            database.execute("CREATE INDEX users_slow ON users (slow(team))");
        }
        Rig rig = rig();
        whileItWorks(
                lock,
                "note = 'w', n = 7",
                () -> held(lock, () -> rig.engine().migrate(migration, Phase.VALIDATE, true)));
        whileItWorks(lock, fresh, () -> {
            rig.to(migration, Phase.CONTRACT);
            return Duration.ZERO;
        });
        database.execute("DROP INDEX IF EXISTS users_own");
        whileItWorks(lock, "team = 1", () -> {
            if (lock.isBrief() || THOROUGH) {
                return held(lock, () -> rig.engine().rollback(migration, Optional.empty()));
            }
            rig.back(migration, Optional.empty());
            return Duration.ZERO;
        });
        assertThat(database.queryStrings("SELECT attname FROM pg_attribute WHERE attrelid = 'users'::regclass"
                        + " AND attnum > 0 AND NOT attisdropped ORDER BY attname"))
                .containsExactly("id", "more", "n", "note", "team");
        assertThat(database.queryStrings("SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid"))
                .isEmpty();
    }

    @Test
    void anAdvisoryLockIsInNobodysWay() {
        SchemaSnapshot before = database.snapshot("public");
        Migration migration = Rig.migration("0001_test", "- renameColumn: { table: users, column: note, to: remark }");
        try (BackgroundSession session = BackgroundSession.holding(
                database, "BEGIN; SELECT pg_advisory_xact_lock(g), pg_advisory_lock(g) FROM generate_series(0, 9) g")) {
            rig().to(migration, Phase.CONTRACT).back(migration, Optional.empty());
            assertThat(session.queryRows("SELECT 1")).hasSize(1);
        }
        assertThat(waits).isEmpty();
        assertThat(before.differences(database.snapshot("public"))).isEmpty();
        assertThat(List.copyOf(database.queryStrings("SELECT count(*) FROM users")))
                .containsExactly("" + (ROWS + 1));
    }
}
