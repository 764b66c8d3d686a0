package dev.migrator.pg.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.Status;
import dev.migrator.engine.Outcome;
import dev.migrator.test.EngineCrash;
import dev.migrator.test.FaultPlan;
import dev.migrator.test.FaultyDataSource;
import dev.migrator.test.PostgresServer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Somebody asks for a pause while a table is being filled. */
class PauseTest {
    private static final Migration MIGRATION = Samples.RENAME;

    private static PostgresServer server;

    private Arena arena;
    private Picture whole;
    private int batch;

    @BeforeAll
    static void startServer() {
        server = Arena.quietServer();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void runUndisturbed() {
        arena = Arena.on(server);
        FaultyDataSource counting = through(FaultPlan.none());
        arena.rig(counting).to(MIGRATION, Phase.PURGE);
        whole = Picture.of(arena, MIGRATION);
        List<Integer> batches = IntStream.rangeClosed(1, counting.count())
                .filter(at -> counting.statements().get(at - 1).contains("WITH filled AS"))
                .boxed()
                .toList();
        assertThat(batches).hasSizeGreaterThan(3);
        batch = batches.get(2);
        arena.renewed();
    }

    @AfterEach
    void closeArena() {
        arena.close();
    }

    private FaultyDataSource through(FaultPlan plan) {
        return Trials.watched(arena, plan);
    }

    /** The pause comes from another thread, after the third batch. */
    private FaultPlan pausing() {
        return FaultPlan.afterStatement(batch, () -> CompletableFuture.runAsync(
                        () -> arena.rig().store().setPaused(MIGRATION.id(), true))
                .join());
    }

    private Outcome migrate(FaultyDataSource source) {
        return arena.rig(source).engine().migrate(MIGRATION, Phase.PURGE, true);
    }

    private static void assertPaused(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Paused.class);
        assertThat(((Outcome.Paused) outcome).position().phase()).isEqualTo(Phase.BACKFILL);
        assertThat(((Outcome.Paused) outcome).position().status()).isEqualTo(Status.PAUSED);
    }

    private long filled() {
        return arena.database().queryLong("SELECT coalesce(sum(rows), 0) FROM migrator.backfill_chunk");
    }

    /** All but the history, in which the pause stands. */
    private void assertEndsAsIfNothingHadHappened() {
        arena.rig().store().setPaused(MIGRATION.id(), false);
        arena.rig().to(MIGRATION, Phase.PURGE);
        Picture end = Picture.of(arena, MIGRATION);
        assertThat(whole.differencesOfShape(end)).isEmpty();
        assertThat(end.records()).isEqualTo(whole.records());
        assertThat(end.leftovers()).isEmpty();
        assertThat(end.history()).containsAll(whole.history()).contains("BACKFILL paused", "BACKFILL phase-resumed");
    }

    @Test
    void itStopsBetweenTwoBatchesAndGoesOnFromThere() {
        assertPaused(migrate(through(pausing())));
        long kept = filled();
        assertThat(kept).isBetween(1L, 399L);
        FaultyDataSource idle = through(FaultPlan.none());
        assertPaused(migrate(idle));
        assertThat(idle.statements().stream().filter(Mishap::changes))
                .allMatch(sql -> sql.contains("take_lease") || sql.contains("SET expires_at = '-infinity'"));
        assertThat(filled()).isEqualTo(kept);
        assertEndsAsIfNothingHadHappened();
    }

    @Test
    void anEngineThatDiesOnItsWayIntoThePauseLeavesItToTheNextOne() {
        FaultyDataSource counting = through(pausing());
        assertPaused(migrate(counting));
        int last = counting.count();
        for (int at = batch + 1; at <= last; at++) {
            arena.renewed();
            FaultyDataSource faulty = through(pausing().and(FaultPlan.crashBefore(at)));
            assertThatThrownBy(() -> migrate(faulty)).isInstanceOf(EngineCrash.class);
            assertThat(faulty.fired()).isTrue();
            long kept = filled();
            arena.leaseRunsOut();
            assertPaused(migrate(through(FaultPlan.none())));
            assertThat(filled()).isEqualTo(kept);
            assertEndsAsIfNothingHadHappened();
        }
    }
}
