package dev.migrator.pg.engine;

import dev.migrator.Migration;
import dev.migrator.Phase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An engine dies, or never gets an answer, at a statement on the way from nothing to PURGE: schema, rows and records end as
 * those of an engine that nothing happened to.
 *
 * <p>By default it dies at some of the statements of one migration that change something, and misses the answer to some of
 * them; and so at some of the others'. To die before such a
 * statement is to die after the one before it: nothing is known of either but what the server has. {@code
 * -Dmigrator.test.thorough=true} (the profile {@code thorough}) means all of them; {@code -Dmigrator.crash.seed=N}
 * chooses others.
 */
class CrashTest {
    @RegisterExtension
    static final Arenas ARENAS = new Arenas();

    private static final int MANY = 3;
    private static final int SOME = 2;

    private static Mishaps forward(Migration migration) {
        return new Mishaps(
                ARENAS.all(), migration, arena -> {}, rig -> rig.engine().migrate(migration, Phase.PURGE, true));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.migrator.pg.engine.Samples#someNamed")
    void whereverAnEngineDiesTheNextOneEndsAsIfNothingHadHappened(Migration migration) {
        forward(migration).happen();
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    void atNoStatementThatChangesSomethingDoesItMatter(Mishap.Kind kind) {
        Mishaps mishaps = forward(Samples.EVERY_OPERATION);
        mishaps.happenAtSomeChanges(kind, kind == Mishap.Kind.DIES_AFTER ? MANY : SOME);
    }

    /** What a cut connection can't show: the server has committed, and not even the driver knows. */
    @Test
    void aLostAnswerToAnyCommitIsFoundOutFromTheRecords() {
        Mishaps mishaps = forward(Samples.SEVERAL);
        mishaps.loseCommits(Mishap.THOROUGH ? 1 : 40);
    }
}
