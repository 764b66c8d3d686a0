package dev.migrator.pg.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.migrator.Migration;
import dev.migrator.pg.internal.plan.PgPlanner;
import dev.migrator.plan.Plan;
import dev.migrator.plan.PlanRule;
import dev.migrator.plan.PlanText;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The plan of each operation, forward and back, as a file, so that a change of it is seen in a review. To write the files
 * anew: {@code -Dmigrator.test.golden=write}.
 */
class GoldenPlanTest {
    private static final Path FILES = Path.of("src/test/resources/plans");
    private static TestDatabase database;

    @BeforeAll
    static void createDatabase() {
        database = PostgresServer.shared().createDatabase();
        database.execute(Samples.SCHEMA);
    }

    @AfterAll
    static void dropDatabase() {
        database.close();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.migrator.pg.engine.Samples#named")
    void thePlanIsTheOneInTheFile(Migration migration) throws IOException {
        // Servers print expressions in their own ways; the files are version 17's.
        assumeThat(database.server().majorVersion()).isEqualTo(17);
        Plan plan = new PgPlanner(database.dataSource(), Rig.STATE).plan(migration);
        assertThat(PlanRule.check(plan)).isEmpty();
        String text = PlanText.steps(plan);
        Path file = FILES.resolve(migration.id() + ".txt");
        if ("write".equals(System.getProperty("migrator.test.golden"))) {
            Files.createDirectories(FILES);
            Files.writeString(file, text);
        }
        assertThat(file).exists();
        assertThat(text).isEqualTo(Files.readString(file));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.migrator.pg.engine.Samples#named")
    void planningChangesNothing(Migration migration) {
        var before = database.snapshot("public");
        new PgPlanner(database.dataSource(), Rig.STATE).plan(migration);
        assertThat(before.differences(database.snapshot("public"))).isEmpty();
    }
}
