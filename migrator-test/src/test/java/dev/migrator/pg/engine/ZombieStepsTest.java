package dev.migrator.pg.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.engine.Outcome;
import dev.migrator.test.FaultPlan;
import dev.migrator.test.FaultyDataSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An engine stands still in a step of each kind, until another one has taken over and gone the other way: the late one changes
 * nothing any more, whichever way it was going.
 */
class ZombieStepsTest {
    private static final Migration MIGRATION = Samples.EVERY_OPERATION;

    @RegisterExtension
    static final Arenas ARENAS = new Arenas();

    /** A way to go, in an arena that is ready for it, and what an engine sends that nobody disturbs on it. */
    private record Way(Arena arena, Function<Rig, Outcome> walk, List<String> statements) {
        static Way of(Arena arena, Function<Rig, Outcome> walk) {
            FaultyDataSource whole = Trials.watched(arena.renewed().pool(), FaultPlan.none());
            assertThat(walk.apply(arena.rig(whole))).isInstanceOf(Outcome.Arrived.class);
            return new Way(arena, walk, whole.statements());
        }
    }

    private static Way forward;
    private static Way back;

    @BeforeAll
    static void walkUndisturbed() {
        forward = Way.of(ARENAS.all().get(0), rig -> rig.engine().migrate(MIGRATION, Phase.CONTRACT, true));
        Arena contracted = ARENAS.all().get(1);
        contracted.prepare(prepared -> prepared.rig().to(MIGRATION, Phase.CONTRACT));
        back = Way.of(contracted, rig -> rig.engine().rollback(MIGRATION, Optional.empty()));
    }

    /** A kind of step, by what its statement contains. */
    enum Kind {
        SHORT_TRANSACTION("IN ACCESS EXCLUSIVE MODE"),
        BATCH("IN ROW EXCLUSIVE MODE"),
        COMPARISON("SET TRANSACTION READ ONLY"),
        SCAN("VALIDATE CONSTRAINT"),
        CREATE_INDEX("CREATE INDEX CONCURRENTLY"),
        DROP_INDEX("DROP INDEX CONCURRENTLY"),
        RECORD("\"step_done\"(");

        private final String part;

        Kind(String part) {
            this.part = part;
        }

        /** The statement that records the plan holds the text of all the others. */
        private boolean isOne(String sql) {
            return sql.contains(part) && !sql.contains("INSERT INTO \"migrator\".\"step\"");
        }

        /** Where to stand still: at a statement of this kind, if there is one, that the seed picks. */
        Optional<Integer> stop(List<String> statements) {
            List<Integer> all = IntStream.rangeClosed(1, statements.size())
                    .filter(at -> isOne(statements.get(at - 1)))
                    .boxed()
                    .toList();
            return all.isEmpty()
                    ? Optional.empty()
                    : Optional.of(all.get(new Random(Mishap.SEED + name().hashCode()).nextInt(all.size())));
        }
    }

    /** One goes its way and stands still before, or after, a statement; meanwhile another one does something else. */
    private static void overtaken(Kind kind, Way way, Consumer<Rig> other) {
        Optional<Integer> stop = kind.stop(way.statements());
        if (stop.isEmpty()) {
            return;
        }
        boolean one = new Random(Mishap.SEED + kind.name().hashCode()).nextBoolean();
        for (boolean before : Mishap.THOROUGH ? List.of(true, false) : List.of(one)) {
            overtaken(stop.get(), before, way, other);
        }
    }

    private static void overtaken(int stop, boolean before, Way way, Consumer<Rig> other) {
        String sql = way.statements().get(stop - 1);
        String what =
                "stopped %s statement %d (seed %d): %s".formatted(before ? "before" : "after", stop, Mishap.SEED, sql);
        Arena arena = way.arena().renewed();
        List<Picture> left = new ArrayList<>();
        Runnable hook = () -> {
            arena.leaseRunsOut();
            other.accept(arena.rig());
            left.add(Picture.of(arena, MIGRATION));
        };
        try (SessionPool pool = new SessionPool(arena.database().dataSource())) {
            FaultyDataSource sleeper = Trials.watched(
                    pool, before ? FaultPlan.onStatement(stop, hook) : FaultPlan.afterStatement(stop, hook));
            Outcome late = way.walk().apply(arena.rig(sleeper));
            assertThat(sleeper.fired()).as(what).isTrue();
            assertThat(late).as(what).isInstanceOf(Outcome.Failed.class);
            assertThat(pool.lent()).as("sessions not given back, %s", what).isZero();
        }
        assertThat(left.get(0).differences(Picture.of(arena, MIGRATION)))
                .as("what the late one changed, %s", what)
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void oneThatGoesForwardChangesNothingAfterAnotherHasRolledBack(Kind kind) {
        overtaken(kind, forward, rig -> rig.back(MIGRATION, Optional.empty()));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void oneThatGoesBackChangesNothingAfterAnotherHasGoneForwardAgain(Kind kind) {
        overtaken(kind, back, rig -> rig.back(MIGRATION, Optional.empty()).to(MIGRATION, Phase.PURGE));
    }
}
