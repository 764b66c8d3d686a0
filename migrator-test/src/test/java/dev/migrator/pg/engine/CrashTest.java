package dev.migrator.pg.engine;

import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.test.PostgresServer;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An engine dies, or never gets an answer, at a statement on the way from nothing to PURGE: schema, rows and records end as
 * those of an engine that nothing happened to.
 *
 * <p>By default at every statement of one migration that changes something, and at some of the others'. To die before such a
 * statement is to die after the one before it: nothing is known of either but what the server has. {@code
 * -Dmigrator.test.thorough=true} (the profile {@code thorough}) means every statement of all; {@code -Dmigrator.crash.seed=N}
 * chooses others.
 */
class CrashTest {
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

    private static Mishaps forward(Migration migration) {
        return new Mishaps(arenas, migration, arena -> {}, rig -> rig.engine().migrate(migration, Phase.PURGE, true));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("migrations")
    void whereverAnEngineDiesTheNextOneEndsAsIfNothingHadHappened(Migration migration) {
        Mishaps mishaps = forward(migration);
        List<String> statements = mishaps.statements();
        mishaps.happen(Mishap.THOROUGH ? Mishap.all(statements) : Mishap.some(statements, 1, migration.id()));
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(
            value = Mishap.Kind.class,
            names = {"DIES_AFTER", "LOSES_THE_ANSWER"})
    void atNoStatementThatChangesSomethingDoesItMatter(Mishap.Kind kind) {
        Mishaps mishaps = forward(Samples.RENAME);
        mishaps.happen(Mishap.atEachChange(kind, mishaps.statements()));
    }

    /** What a cut connection can't show: the server has committed, and not even the driver knows. */
    @Test
    void aLostAnswerToAnyCommitIsFoundOutFromTheRecords() {
        Mishaps mishaps = forward(Samples.SEVERAL);
        mishaps.loseCommits(Mishap.THOROUGH ? 1 : 6);
    }
}
