package dev.migrator.pg.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.MigrationFiles;
import dev.migrator.pg.Databases;
import dev.migrator.plan.Finding;
import dev.migrator.test.TestDatabase;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What preflight says of the rows on which it tries a mapping. */
class SampleTest {
    private TestDatabase database;

    @BeforeEach
    void createDatabase() {
        database = Databases.withStateTables();
        database.execute(
                "CREATE TABLE users (id int PRIMARY KEY, name text)",
                "INSERT INTO users SELECT g, 'N' || g FROM generate_series(1, 3000) g");
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    private void costs(Duration each) {
        database.execute("CREATE FUNCTION short(name text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$BEGIN"
                + " PERFORM pg_catalog.pg_sleep(" + each.toMillis() + " / 1000.0); RETURN lower(name); END$$");
    }

    private List<Finding> findings() {
        var migration = MigrationFiles.parse(
                "0001_test",
                "0001_test.yaml",
                """
                operations:
                  - changeType: { table: users, column: name, type: text, to: label, up: "public.short(name)", down: label }
                """);
        return new PlanRunner(database, migration).plan().findings();
    }

    private static String only(List<Finding> findings) {
        assertThat(findings).extracting(Finding::severity).containsExactly(Finding.Severity.WARNING);
        return findings.get(0).message();
    }

    @Test
    void aMappingThatLosesSomethingIsTriedOnManyRows() {
        costs(Duration.ZERO);
        assertThat(only(findings()))
                .contains("of 3000 sampled rows 3000 do not come back the same by down(up(x))", "(N1) → (n1)");
    }

    @Test
    void aSlowExpressionIsTriedOnAsManyRowsAsTimeAllows() {
        costs(Duration.ofMillis(3));
        assertThat(findings())
                .extracting(Finding::message)
                .satisfiesExactlyInAnyOrder(
                        lossy -> assertThat(lossy).contains("of 100 sampled rows 100 do not come back"),
                        slow -> assertThat(slow)
                                .contains(
                                        "name → label is slow: it could be tried on 100 rows only, 1000 took more than 2 s"));
    }

    @Test
    void anExpressionTooSlowToTryIsToldAndFailsNoPlan() {
        costs(Duration.ofMillis(100));
        assertThat(only(findings()))
                .contains("name → label is slow: it could be tried on no row, 100 took more than 2 s");
    }
}
