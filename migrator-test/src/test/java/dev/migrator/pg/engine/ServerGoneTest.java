package dev.migrator.pg.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.engine.Outcome;
import dev.migrator.test.FaultPlan;
import dev.migrator.test.FaultyDataSource;
import dev.migrator.test.PostgresServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The server crashes right after a statement of the engine's, and recovers: the engine goes on by itself, and nothing that it
 * took for done is undone, even where its role has {@code synchronous_commit = off} and the server writes its log late.
 */
class ServerGoneTest {
    private static final long SEED = Long.getLong("migrator.test.seed", 1);
    private static final int CRASHES = 2;

    private static List<PostgresServer> servers = List.of();
    private static List<Arena> arenas = List.of();

    @BeforeAll
    static void start() {
        PostgresServer server = PostgresServer.builder()
                .setting("autovacuum", "off")
                .setting("wal_writer_delay", "10s")
                .setting("max_connections", "50")
                .start();
        servers = List.of(server);
        arenas = List.of(Arena.on(server));
        arenas.forEach(arena -> arena.database()
                .executeAsSuperuser("ALTER ROLE " + arena.database().user() + " SET synchronous_commit = off"));
    }

    @AfterAll
    static void stop() {
        arenas.forEach(Arena::close);
        servers.forEach(PostgresServer::close);
    }

    static List<Migration> migrations() {
        return List.of(Samples.FOREIGN_KEY, Samples.EVERY_OPERATION);
    }

    private static FaultyDataSource watched(Arena arena, FaultPlan plan) {
        return FaultyDataSource.over(arena.pool().dataSource(), plan, sql -> !Thread.currentThread()
                .getName()
                .equals("migrator-lease"));
    }

    @ParameterizedTest
    @MethodSource("migrations")
    void aCrashAfterAnyStatementIsSurvived(Migration migration) {
        Arena arena = arenas.get(0).renewed();
        FaultyDataSource counting = watched(arena, FaultPlan.none());
        assertThat(arena.rig(counting).engine().migrate(migration, Phase.PURGE, true))
                .isInstanceOf(Outcome.Arrived.class);
        Picture whole = Picture.of(arena, migration);
        List<String> statements = counting.statements();
        List<String> wrong = new ArrayList<>();
        for (int at : chosen(statements)) {
            arena.renewed();
            FaultyDataSource faulty = watched(
                    arena, FaultPlan.afterStatement(at, () -> servers.get(0).crash()));
            Outcome outcome = arena.rig(faulty).engine().migrate(migration, Phase.PURGE, true);
            assertThat(faulty.fired()).isTrue();
            arena.pool().close();
            List<String> differences = outcome instanceof Outcome.Arrived
                    ? whole.differences(Picture.of(arena, migration))
                    : List.of("got stuck: " + outcome);
            if (!differences.isEmpty()) {
                wrong.add("after statement " + at + ": " + statements.get(at - 1) + "\n" + differences);
            }
        }
        assertThat(wrong).as("seed %d", SEED).isEmpty();
    }

    /** Every scan, since it commits on its own with its record, and some others that change something. */
    private static List<Integer> chosen(List<String> statements) {
        List<Integer> changes = IntStream.rangeClosed(1, statements.size())
                .filter(at -> Mishap.changes(statements.get(at - 1)))
                .boxed()
                .toList();
        if (Mishap.THOROUGH) {
            return changes;
        }
        List<Integer> chosen = new ArrayList<>(changes.stream()
                .filter(at -> statements.get(at - 1).contains("VALIDATE CONSTRAINT"))
                .limit(CRASHES)
                .toList());
        Random random = new Random(SEED);
        IntStream.range(0, CRASHES).forEach(i -> chosen.add(changes.get(random.nextInt(changes.size()))));
        return chosen;
    }
}
