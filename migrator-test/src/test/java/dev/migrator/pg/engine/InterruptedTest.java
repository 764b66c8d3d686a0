package dev.migrator.pg.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.engine.Outcome;
import dev.migrator.test.EngineCrash;
import dev.migrator.test.FaultPlan;
import dev.migrator.test.FaultyDataSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Somebody changes their mind at a statement of a migration with every operation: after an engine has died there the next one
 * is asked to go the other way, or a pause comes while it runs.
 *
 * <p>By default at some of the statements that change something, which {@code -Dmigrator.crash.seed=N} decides; {@code
 * -Dmigrator.test.thorough=true} means all of them.
 */
class InterruptedTest {
    @RegisterExtension
    static final Arenas ARENAS = new Arenas();

    private static final int SOME = 2;
    private static final int PAUSES = 1;
    private static final Migration MIGRATION = Samples.EVERY_OPERATION;

    private static Outcome forward(Rig rig) {
        return rig.engine().migrate(MIGRATION, Phase.PURGE, true);
    }

    private static Outcome back(Rig rig) {
        return rig.engine().rollback(MIGRATION, Optional.empty());
    }

    private static void toContract(Arena arena) {
        arena.rig().to(MIGRATION, Phase.CONTRACT);
    }

    /** A walk that nothing happens to. */
    private record Undisturbed(Picture before, Picture after, List<String> statements) {
        static Undisturbed walk(Consumer<Arena> preparation, Function<Rig, Outcome> walk) {
            List<Picture> before = new ArrayList<>();
            ARENAS.all()
                    .forEach(arena -> arena.prepare(there -> {
                        before.add(Picture.of(there, MIGRATION));
                        preparation.accept(there);
                    }));
            Arena arena = ARENAS.all().get(0).renewed();
            FaultyDataSource counting = Trials.watched(arena, FaultPlan.none());
            assertThat(walk.apply(arena.rig(counting))).isInstanceOf(Outcome.Arrived.class);
            return new Undisturbed(before.get(0), Picture.of(arena, MIGRATION), counting.statements());
        }

        /** The statement that records the last step as done, or as undone. */
        int lastStep() {
            return IntStream.rangeClosed(1, statements.size())
                    .filter(at -> statements.get(at - 1).matches("(?s).*\"step_(done|undone)\".*"))
                    .max()
                    .orElseThrow();
        }

        List<Mishap> chosen(int about) {
            List<Mishap> changes = Mishap.atEachChange(Mishap.Kind.DIES_AFTER, statements);
            return Mishap.spread(about, changes, new Random(Mishap.SEED));
        }
    }

    /** How an engine that should have died ended; empty: it died, and its lease ran out. */
    private static Optional<Outcome> survives(Arena arena, Mishap mishap, Function<Rig, Outcome> walk) {
        arena.renewed();
        try {
            return Optional.of(walk.apply(arena.rig(Trials.watched(arena, mishap.plan()))));
        } catch (EngineCrash death) {
            arena.leaseRunsOut();
            return Optional.empty();
        }
    }

    private static boolean was(Arena arena, String condition) {
        return arena.database().queryLong("SELECT count(*) FROM migrator." + condition) > 0;
    }

    @Test
    void aRollbackFromWhereverAnEngineDiedLeavesWhatWasThere() {
        Undisturbed whole = Undisturbed.walk(arena -> {}, InterruptedTest::forward);
        Trials.all(ARENAS.all(), "rolled back after", whole.chosen(SOME), (arena, mishap) -> {
            if (survives(arena, mishap, InterruptedTest::forward).isPresent()) {
                return "it did not die";
            }
            boolean started = was(arena, "migration");
            boolean purging = was(arena, "step WHERE phase = 'PURGE' AND status <> 'PLANNED'");
            Outcome outcome = back(arena.rig());
            if (started == purging && outcome instanceof Outcome.Failed) {
                Outcome forward = forward(arena.rig());
                return forward instanceof Outcome.Arrived
                        ? differences(whole.after().differences(Picture.of(arena, MIGRATION)))
                        : "it got stuck: " + forward;
            }
            return !purging && outcome instanceof Outcome.Arrived
                    ? differences(differencesFromBefore(arena, whole))
                    : "started %s, purging %s, and a rollback: %s".formatted(started, purging, outcome);
        });
    }

    @Test
    void aRollbackThatDiedAnywhereIsFinishedAndTheWayForwardIsOpenAgain() {
        List<Picture> forward = new ArrayList<>();
        Undisturbed whole = Undisturbed.walk(
                arena -> {
                    assertThat(forward(arena.rig())).isInstanceOf(Outcome.Arrived.class);
                    forward.add(Picture.of(arena, MIGRATION));
                    arena.renewed();
                    toContract(arena);
                },
                InterruptedTest::back);
        Trials.all(ARENAS.all(), "forward again after a rollback", whole.chosen(SOME), (arena, mishap) -> {
            if (survives(arena, mishap, InterruptedTest::back).isPresent()) {
                return "it did not die";
            }
            boolean begun = was(
                    arena,
                    "migration WHERE direction = 'ROLLING_BACK' AND NOT (phase, status) = ('EXPAND', 'PENDING')");
            Outcome finished = forward(arena.rig());
            List<String> wrong = begun ? differencesFromBefore(arena, whole) : new ArrayList<>();
            if (!(finished instanceof Outcome.Arrived) || !wrong.isEmpty()) {
                return "it was not finished: " + finished + differences(wrong);
            }
            Outcome again = forward(arena.rig());
            return again instanceof Outcome.Arrived
                    ? differences(forward.get(0).differencesOfShape(Picture.of(arena, MIGRATION)))
                    : "it got stuck: " + again;
        });
    }

    @Test
    void aPauseIsHeededWhereverItComes() {
        paused(Undisturbed.walk(arena -> {}, InterruptedTest::forward), InterruptedTest::forward);
    }

    @Test
    void aPauseOnTheWayBackIsHeededWhereverItComes() {
        paused(Undisturbed.walk(InterruptedTest::toContract, InterruptedTest::back), InterruptedTest::back);
    }

    private static void paused(Undisturbed whole, Function<Rig, Outcome> walk) {
        Trials.all(ARENAS.all(), "paused at", whole.chosen(PAUSES), (arena, mishap) -> {
            arena.renewed();
            FaultyDataSource pausing = Trials.watched(arena, pauseAfter(arena, mishap.at()));
            Outcome outcome = walk.apply(arena.rig(pausing));
            if (!pausing.fired()) {
                return "it never came";
            }
            boolean tooLate = mishap.at() >= whole.lastStep();
            if (!(outcome instanceof Outcome.Paused || tooLate)) {
                return "it was not heeded: " + outcome;
            }
            FaultyDataSource idle = Trials.watched(arena, FaultPlan.none());
            Outcome stays = walk.apply(arena.rig(idle));
            List<String> changes = idle.statements().stream()
                    .filter(Mishap::changes)
                    .filter(sql -> !sql.contains("take_lease") && !sql.contains("SET expires_at = '-infinity'"))
                    .toList();
            if (!changes.isEmpty() || !(stays instanceof Outcome.Paused || tooLate)) {
                return "it did not stay: " + stays + changes;
            }
            arena.rig().store().setPaused(MIGRATION.id(), false);
            Outcome end = walk.apply(arena.rig());
            Picture picture = Picture.of(arena, MIGRATION);
            List<String> wrong = whole.after().differencesOfShape(picture);
            return end instanceof Outcome.Arrived
                            && picture.records().equals(whole.after().records())
                    ? differences(wrong)
                    : "it got stuck: " + end + differences(wrong);
        });
    }

    private static FaultPlan pauseAfter(Arena arena, int statement) {
        return FaultPlan.afterStatement(statement, () -> CompletableFuture.runAsync(
                        () -> arena.rig().store().setPaused(MIGRATION.id(), true))
                .join());
    }

    /** What was filled in instead of NULL stays. */
    private static List<String> differencesFromBefore(Arena arena, Undisturbed whole) {
        return unfilled(whole.before()).differencesOfShape(unfilled(Picture.of(arena, MIGRATION)));
    }

    private static Picture unfilled(Picture picture) {
        List<String> rows = picture.rows().stream()
                .map(row -> row.replaceAll("\"nick of \\d+\"", ""))
                .toList();
        return new Picture(picture.schema(), rows, picture.records(), picture.history(), picture.leftovers());
    }

    private static String differences(List<String> lines) {
        return String.join("\n", lines);
    }
}
