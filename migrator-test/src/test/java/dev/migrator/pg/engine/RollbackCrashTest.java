package dev.migrator.pg.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.SchemaSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** As {@link CrashTest}, on the way back from the end of CONTRACT to before EXPAND. */
class RollbackCrashTest {
    private static PostgresServer server;
    private static List<Arena> arenas;

    @BeforeAll
    static void startServer() {
        server = Arena.quietServer();
        arenas = List.of(Arena.on(server), Arena.on(server));
    }

    @AfterAll
    static void stopServer() {
        arenas.forEach(Arena::close);
        server.close();
    }

    static Stream<Arguments> migrations() {
        return Samples.ALL.stream().map(migration -> Arguments.of(Named.of(migration.id(), migration)));
    }

    /** What there was before EXPAND. */
    private record Before(SchemaSnapshot schema, List<String> rows) {
        static Before in(Arena arena) {
            return new Before(arena.database().snapshot("public", Rig.STATE.value()), Picture.rows(arena.database()));
        }
    }

    private static Mishaps back(Migration migration) {
        List<Before> before = new ArrayList<>();
        Mishaps mishaps = new Mishaps(
                arenas,
                migration,
                arena -> {
                    before.add(Before.in(arena));
                    arena.rig().to(migration, Phase.CONTRACT);
                },
                rig -> rig.engine().rollback(migration, Optional.empty()));
        Before was = before.get(0);
        assertThat(was.schema().differences(mishaps.whole().schema())).isEmpty();
        // Nobody can tell which of the values that are there now were filled in.
        if (!migration.equals(Samples.NOT_NULL)) {
            assertThat(mishaps.whole().rows()).isEqualTo(was.rows());
        }
        return mishaps;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("migrations")
    void whereverAnEngineDiesTheNextOneLeavesWhatWasThereBefore(Migration migration) {
        Mishaps mishaps = back(migration);
        List<String> statements = mishaps.statements();
        mishaps.happen(Mishap.THOROUGH ? Mishap.all(statements) : Mishap.some(statements, 1, migration.id()));
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(
            value = Mishap.Kind.class,
            names = {"DIES_AFTER", "LOSES_THE_ANSWER"})
    void atNoStatementThatChangesSomethingDoesItMatter(Mishap.Kind kind) {
        Mishaps mishaps = back(Samples.RENAME);
        mishaps.happen(Mishap.atEachChange(kind, mishaps.statements()));
    }
}
