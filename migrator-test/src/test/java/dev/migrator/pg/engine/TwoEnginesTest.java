package dev.migrator.pg.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.engine.Outcome;
import dev.migrator.test.FaultPlan;
import dev.migrator.test.FaultyDataSource;
import dev.migrator.test.PostgresServer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Two engines at the same migration: at once, and one that comes back after the other has taken over. */
class TwoEnginesTest {
    private static final Pattern FENCE = Pattern.compile("\"fence\"\\(");
    private static final Pattern BUILD = Pattern.compile("^\\s*CREATE (UNIQUE )?INDEX CONCURRENTLY");
    private static final Pattern DROP = Pattern.compile("^\\s*DROP INDEX CONCURRENTLY");

    private static PostgresServer server;

    private final ExecutorService threads = Executors.newFixedThreadPool(2);
    private Arena arena;

    @BeforeAll
    static void startServer() {
        server = Arena.quietServer();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void openArena() {
        arena = Arena.on(server);
    }

    @AfterEach
    void closeArena() {
        threads.shutdownNow();
        arena.close();
    }

    /** Every ninth one of the samples; all of them in the thorough variant. */
    static Stream<Arguments> someOfAll() {
        AtomicInteger place = new AtomicInteger();
        return Samples.named().filter(sample -> Mishap.THOROUGH || place.getAndIncrement() % 9 == 0);
    }

    /** What a stopped engine could still do most harm with: an exchange, a backfill, an index build, a drop. */
    static Stream<Arguments> thoseThatDoMuch() {
        return Stream.of(Samples.RENAME, Samples.NOT_NULL, Samples.INDEX, Samples.SEVERAL)
                .map(migration -> Arguments.of(Named.of(migration.id(), migration)));
    }

    private FaultyDataSource counting() {
        return FaultyDataSource.over(arena.pool().dataSource(), FaultPlan.none(), sql -> !isBeside());
    }

    private static boolean isBeside() {
        return Thread.currentThread().getName().equals("migrator-lease");
    }

    /** How it ends, and what was sent, when nobody disturbs. */
    private record Whole(Picture picture, List<String> statements) {}

    private Whole undisturbed(Migration migration) {
        arena.renewed();
        FaultyDataSource counting = counting();
        arena.rig(counting).to(migration, Phase.PURGE);
        return new Whole(Picture.of(arena, migration), counting.statements());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("someOfAll")
    void ofTwoThatStartAtOnceOneDoesEveryStepAndTheOtherNothing(Migration migration) throws Exception {
        Picture alone = undisturbed(migration).picture();
        arena.renewed();
        List<FaultyDataSource> sources = List.of(counting(), counting());
        List<Rig> rigs = sources.stream().map(arena::rig).toList();
        CyclicBarrier start = new CyclicBarrier(2);
        List<Future<Outcome>> outcomes = rigs.stream()
                .map(rig -> threads.submit(() -> {
                    start.await();
                    return rig.engine().migrate(migration, Phase.PURGE, true);
                }))
                .toList();
        for (Future<Outcome> outcome : outcomes) {
            assertThat(outcome.get()).isInstanceOf(Outcome.Arrived.class);
        }
        assertThat(alone.differences(Picture.of(arena, migration))).isEmpty();
        assertThat(arena.database().queryStrings("SELECT DISTINCT token FROM migrator.step"))
                .as("one engine's token")
                .containsExactly("1");
        assertThat(arena.database().queryStrings("SELECT title FROM migrator.step WHERE attempts <> 1"))
                .isEmpty();
        FaultyDataSource loser = sources.stream()
                .min(Comparator.comparing(FaultyDataSource::count))
                .orElseThrow();
        assertThat(loser.statements().stream()
                        .filter(Mishap::changes)
                        .filter(sql -> !sql.contains("take_lease") && !sql.contains("SET expires_at = '-infinity'")))
                .as("what the second one wrote, but for the lease")
                .isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("thoseThatDoMuch")
    void oneThatWakesUpAfterAnotherHasFinishedChangesNothing(Migration migration) throws Exception {
        Whole whole = undisturbed(migration);
        for (int stop : stops(whole.statements(), migration.id())) {
            String what = "%s stopped before statement %d (seed %d): %s"
                    .formatted(
                            migration.id(),
                            stop,
                            Mishap.SEED,
                            whole.statements().get(stop - 1));
            Picture finished = wakeUpLate(migration, stop, what);
            assertThat(whole.picture().differences(finished)).as(what).isEmpty();
        }
    }

    /** A statement that the token guards, and a build and a drop of an index, which only their names guard; all in the thorough variant. */
    private static Set<Integer> stops(List<String> statements, String salt) {
        Random random = new Random(Mishap.SEED + salt.hashCode());
        Set<Integer> stops = new LinkedHashSet<>();
        for (Pattern part : List.of(FENCE, BUILD, DROP)) {
            List<Integer> all = numbers(statements, part);
            if (Mishap.THOROUGH || all.isEmpty()) {
                stops.addAll(all);
            } else {
                stops.add(all.get(random.nextInt(all.size())));
            }
        }
        return stops;
    }

    private static List<Integer> numbers(List<String> statements, Pattern part) {
        return IntStream.rangeClosed(1, statements.size())
                .filter(at -> part.matcher(statements.get(at - 1)).find())
                .boxed()
                .toList();
    }

    /** One engine stands still before a statement, with all its threads, until the other one has finished. */
    private Picture wakeUpLate(Migration migration, int stop, String what) throws Exception {
        arena.renewed();
        CountDownLatch asleep = new CountDownLatch(1);
        CountDownLatch wake = new CountDownLatch(1);
        SessionPool sessions = new SessionPool(arena.database().dataSource());
        FaultyDataSource sleeper = FaultyDataSource.over(
                sessions.dataSource(),
                FaultPlan.onStatement(stop, () -> {
                    asleep.countDown();
                    await(wake);
                }),
                sql -> !isBeside() || (asleep.getCount() == 0 && !await(wake)));
        Future<Outcome> late = threads.submit(() -> arena.rig(sleeper).engine().migrate(migration, Phase.PURGE, true));
        Picture finished;
        try {
            await(asleep);
            arena.leaseRunsOut();
            arena.rig().to(migration, Phase.PURGE);
            finished = Picture.of(arena, migration);
        } finally {
            wake.countDown();
        }
        assertThat(late.get()).as(what).isInstanceOf(Outcome.Failed.class);
        assertThat(sleeper.fired()).isTrue();
        List<String> afterwards = new ArrayList<>(finished.differences(Picture.of(arena, migration)));
        assertThat(afterwards).as("what the late one changed, %s", what).isEmpty();
        assertThat(sessions.lent()).as("sessions not given back, %s", what).isZero();
        sessions.close();
        return finished;
    }

    private static boolean await(CountDownLatch latch) {
        try {
            latch.await();
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
