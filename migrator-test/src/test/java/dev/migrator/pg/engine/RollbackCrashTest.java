package dev.migrator.pg.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.operation.SetNotNull;
import dev.migrator.test.SchemaSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** As {@link CrashTest}, on the way back from the end of CONTRACT to before EXPAND. */
class RollbackCrashTest {
    @RegisterExtension
    static final Arenas ARENAS = new Arenas();

    private static final int MANY = 2;
    private static final int SOME = 2;

    /** What there was before EXPAND. */
    private record Before(SchemaSnapshot schema, List<String> rows) {
        static Before in(Arena arena) {
            return new Before(arena.database().snapshot("public", Rig.STATE.value()), Picture.rows(arena.database()));
        }
    }

    private static Mishaps back(Migration migration) {
        List<Before> before = new ArrayList<>();
        Mishaps mishaps = new Mishaps(
                ARENAS.all(),
                migration,
                arena -> {
                    before.add(Before.in(arena));
                    arena.rig().to(migration, Phase.CONTRACT);
                },
                rig -> rig.engine().rollback(migration, Optional.empty()));
        Before was = before.get(0);
        assertThat(was.schema().differences(mishaps.whole().schema())).isEmpty();
        // Nobody can tell which of the values that are there now were filled in.
        boolean fills = migration.operations().stream()
                .anyMatch(operation -> operation instanceof SetNotNull narrowing
                        && narrowing.fill().isPresent());
        if (!fills) {
            assertThat(mishaps.whole().rows()).isEqualTo(was.rows());
        }
        return mishaps;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.migrator.pg.engine.Samples#someNamed")
    void whereverAnEngineDiesTheNextOneLeavesWhatWasThereBefore(Migration migration) {
        back(migration).happen();
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    void atNoStatementThatChangesSomethingDoesItMatter(Mishap.Kind kind) {
        Mishaps mishaps = back(Samples.EVERY_OPERATION);
        mishaps.happenAtSomeChanges(kind, kind == Mishap.Kind.DIES_AFTER ? MANY : SOME);
    }
}
