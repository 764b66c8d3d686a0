package dev.migrator.pg.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.engine.EngineListener;
import dev.migrator.test.PgDump;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.SchemaSnapshot;
import dev.migrator.test.TestDatabase;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One smoke run for each major version: all operations to CONTRACT and back, and the big one to PURGE. */
class MajorVersionsTest {

    /** On the oldest and the newest one; all other tests run on 17. */
    private static final List<Migration> MANY = List.of(
            Samples.SEVERAL, Samples.NOT_NULL, Samples.SPLIT, Samples.ADD, Samples.ADD_IDENTITY, Samples.ADD_GENERATED);

    private static final List<Migration> FEW = List.of(Samples.ADD_IDENTITY);

    @ParameterizedTest
    @ValueSource(ints = {14, 15, 16, 18})
    void migrationsRunOnEveryMajorVersion(int major) {
        assumeThat(PostgresServer.missing(major)).isEmpty();
        try (PostgresServer server = PostgresServer.start(major);
                TestDatabase database = server.createDatabase();
                SessionPool pool = new SessionPool(database.dataSource())) {
            Rig rig = Rig.over(database, pool.dataSource(), EngineListener.NONE);
            database.execute(Samples.SCHEMA);
            assertThat(database.server().majorVersion()).isEqualTo(major);
            for (Migration migration : Set.of(14, 18).contains(major) || Mishap.THOROUGH ? MANY : FEW) {
                SchemaSnapshot before = database.snapshot("public");
                Optional<String> dump = PgDump.schemaOnly(database, "public");
                rig.to(migration, Phase.CONTRACT).back(migration, Optional.empty());
                assertThat(before.differences(database.snapshot("public")))
                        .as("%s on %s", migration.id(), major)
                        .isEmpty();
                assertThat(PgDump.schemaOnly(database, "public")).isEqualTo(dump);
            }
            rig.to(Samples.SEVERAL, Phase.PURGE);
            assertThat(database.snapshot("public").lines("mg_")).isEmpty();
        }
    }
}
