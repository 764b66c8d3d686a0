package dev.migrator.pg.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.engine.EngineListener;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.SchemaSnapshot;
import dev.migrator.test.TestDatabase;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A table with partitions on two levels through all phases, and back from each. */
class PartitionedLifecycleTest {
    private static final Migration MIGRATION = PartitionedSample.EVERY_OPERATION;
    private static final String PARTS = "SELECT relid::regclass::text FROM pg_partition_tree('visits') ORDER BY 1";

    private TestDatabase database;
    private SessionPool pool;

    @BeforeEach
    void createDatabase() {
        database = PostgresServer.shared().createDatabase();
        database.execute(PartitionedSample.SCHEMA);
        pool = new SessionPool(database.dataSource());
    }

    @AfterEach
    void dropDatabase() {
        pool.close();
        database.close();
    }

    private Rig rig() {
        return Rig.over(database, pool.dataSource(), EngineListener.NONE);
    }

    @Test
    void everyOperationArrivesAtPurgeAndLeavesNothingBehind() {
        rig().to(MIGRATION, Phase.PURGE);
        assertThat(database.snapshot("public").lines("mg_")).isEmpty();
        assertThat(
                        database.queryStrings(
                                """
                        SELECT row(id, day, full_name, n, latitude, street, city, person, shout, active, note)::text FROM visits
                        WHERE token IS NOT NULL AND id IN (7, 20, 59) ORDER BY id
                        """))
                .containsExactly(
                        "(7,7,\"Name 7\",7,0.7,\"Street 7\",City,\"G7 F7\",\"NAME 7\",t,xxxxxxx)",
                        "(20,20,\"Name 20\",,2,\"Street 20\",City,\"G20 F20\",\"NAME 20\",t,xxxxxxxxxxxxxxxxxxxx)",
                        "(59,19,\"Name 59\",59,5.9,\"Street 59\",City,\"G59 F59\",\"NAME 59\",t,xxxxxxxxx)");
        assertThat(database.queryLong("SELECT count(*) FROM visits")).isEqualTo(400);
        List<String> shape = shape("visits");
        assertThat(shape).contains("n bigint", "full_name text NOT NULL", "note text NOT NULL");
        for (String part : database.queryStrings(PARTS)) {
            assertThat(shape(part)).as(part).isEqualTo(shape);
        }
    }

    /** Columns with type and NOT NULL, and checks, whatever their order. */
    private List<String> shape(String table) {
        return database.queryStrings(
                """
                SELECT format('%%s %%s%%s', a.attname, format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN ' NOT NULL' END)
                  FROM pg_attribute a WHERE a.attrelid = '%1$s'::regclass AND a.attnum > 0 AND NOT a.attisdropped
                UNION ALL
                SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
                 WHERE conrelid = '%1$s'::regclass AND contype = 'c'
                ORDER BY 1
                """
                        .formatted(table));
    }

    /** The way back from CONTRACT leads over all others. */
    static Stream<Phase> phases() {
        return Boolean.getBoolean("migrator.test.thorough")
                ? Stream.of(Phase.EXPAND, Phase.BACKFILL, Phase.VALIDATE, Phase.CONTRACT)
                : Stream.of(Phase.CONTRACT);
    }

    @ParameterizedTest
    @MethodSource("phases")
    void rollbackBringsSchemaAndRowsBack(Phase phase) {
        database.execute("UPDATE visits SET note = '-' WHERE note IS NULL");
        SchemaSnapshot before = database.snapshot("public");
        List<List<String>> rows = database.queryRows("SELECT tableoid, * FROM visits ORDER BY id");
        rig().to(MIGRATION, phase).back(MIGRATION, Optional.empty());
        assertThat(before.differences(database.snapshot("public"))).isEmpty();
        assertThat(database.queryRows("SELECT tableoid, * FROM visits ORDER BY id"))
                .isEqualTo(rows);
    }
}
