package dev.migrator.pg.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.engine.EngineListener;
import dev.migrator.pg.internal.state.StateSchema;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.SchemaSnapshot;
import dev.migrator.test.TestDatabase;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each operation through all phases, and back from each. */
class LifecycleTest {
    private TestDatabase database;
    private SessionPool pool;

    @BeforeEach
    void createDatabase() {
        database = PostgresServer.shared()
                .template("samples", empty -> {
                    empty.execute(Samples.SCHEMA);
                    new StateSchema(empty.dataSource(), Rig.STATE).install();
                })
                .createDatabase();
        pool = new SessionPool(database.dataSource());
    }

    private Rig rig() {
        return Rig.over(database, pool.dataSource(), EngineListener.NONE);
    }

    @AfterEach
    void dropDatabase() {
        pool.close();
        database.close();
    }

    /** Back from CONTRACT and from one of the phases before it by turns; from each of them in the thorough variant. */
    static Stream<Arguments> waysBack() {
        AtomicInteger place = new AtomicInteger();
        return Samples.ALL.stream().flatMap(migration -> {
            List<Phase> before = List.of(Phase.EXPAND, Phase.BACKFILL, Phase.VALIDATE);
            int number = place.getAndIncrement();
            Phase turn = before.get(number / 2 % before.size());
            return Stream.concat(before.stream(), Stream.of(Phase.CONTRACT))
                    .filter(phase -> Mishap.THOROUGH || phase == (number % 2 == 0 ? Phase.CONTRACT : turn))
                    .map(phase -> Arguments.of(Named.of(migration.id(), migration), phase));
        });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.migrator.pg.engine.Samples#named")
    void everyOperationArrivesAtPurgeAndLeavesNothingBehind(Migration migration) {
        rig().to(migration, Phase.PURGE);
        List<String> leftovers = database.snapshot("public").lines("mg_");
        assertThat(leftovers).isEmpty();
        assertThat(database.queryLong("SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
                        + " WHERE n.nspname = 'migrator' AND proname LIKE 'sync%'"))
                .isZero();
        assertThat(database.queryLong("SELECT count(*) FROM users")).isEqualTo(400);
    }

    @ParameterizedTest(name = "{0} back from {1}")
    @MethodSource("waysBack")
    void rollbackFromEachPhaseBringsTheSchemaBack(Migration migration, Phase phase) {
        SchemaSnapshot before = database.snapshot("public");
        List<List<String>> rows = database.queryRows("SELECT * FROM users ORDER BY id");
        rig().to(migration, phase).back(migration, Optional.empty());
        assertThat(before.differences(database.snapshot("public"))).isEmpty();
        boolean fills = migration.equals(Samples.NOT_NULL) && phase != Phase.EXPAND;
        if (!fills) {
            assertThat(database.queryRows("SELECT * FROM users ORDER BY id")).isEqualTo(rows);
        }
    }
}
