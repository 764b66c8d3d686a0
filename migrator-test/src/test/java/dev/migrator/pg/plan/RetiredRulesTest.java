package dev.migrator.pg.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.MigrationFiles;
import dev.migrator.Phase;
import dev.migrator.pg.Databases;
import dev.migrator.test.SchemaSnapshot;
import dev.migrator.test.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * From CONTRACT on no write of the new release fails by a rule of the columns that it no longer knows; a rollback proves the
 * rule again, and is refused while a row breaks it.
 */
class RetiredRulesTest {
    private static final String MERGE =
            """
            - mergeColumns:
                table: users
                columns:
                  - { column: first, down: "split_part(name, ' ', 1)" }
                  - { column: last, down: "split_part(name, ' ', 2)" }
                into: { column: name, type: text, up: "first || ' ' || last" }
            """;

    private TestDatabase database;
    private SchemaSnapshot before;

    @BeforeEach
    void createDatabase() {
        database = Databases.withStateTables();
        before = database.snapshot("public");
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    private PlanRunner contracted(String operations, String... schema) {
        database.execute(schema);
        before = database.snapshot("public");
        String text = "operations:\n" + operations.indent(2);
        PlanRunner runner = new PlanRunner(database, MigrationFiles.parse("0001_test", "0001_test.yaml", text));
        return runner.through(Phase.CONTRACT);
    }

    private void refusesRollbackUntil(PlanRunner runner, String mended) {
        assertThatThrownBy(() -> runner.undo(Phase.CONTRACT))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("1 × the old shape can't hold it");
        database.execute(mended);
        rollsBack(runner);
    }

    private void rollsBack(PlanRunner runner) {
        for (Phase phase : List.of(Phase.CONTRACT, Phase.VALIDATE, Phase.BACKFILL, Phase.EXPAND)) {
            runner.undo(phase);
        }
        assertThat(before.differences(database.snapshot("public"))).isEmpty();
    }

    private List<String> row(String columns, int id) {
        return database.queryRows("SELECT " + columns + " FROM users WHERE id = " + id)
                .get(0);
    }

    @Test
    void aCheckOfMergedColumnsDoesNotRefuseTheNewReleasesWrites() {
        PlanRunner runner = contracted(
                MERGE,
                "CREATE TABLE users (id int PRIMARY KEY, first text, last text,"
                        + " CONSTRAINT \"both\" CHECK (length(first) < 10 AND (last <> '' OR last IS NULL)))",
                "COMMENT ON CONSTRAINT \"both\" ON users IS 'short'",
                "INSERT INTO users VALUES (1, 'Ann', 'Lee'), (2, NULL, NULL)");
        database.execute(
                "INSERT INTO users (id, name) VALUES (3, 'Madonna')", "UPDATE users SET name = 'A B' WHERE id = 2");
        refusesRollbackUntil(runner, "UPDATE users SET name = 'Madonna C' WHERE id = 3");
        assertThat(row("first, last", 3)).containsExactly("Madonna", "C");
    }

    @Test
    void aCheckThatWasNotValidIsNotProvenOnTheWayBack() {
        PlanRunner runner = contracted(
                MERGE,
                "CREATE TABLE users (id int PRIMARY KEY, first text, last text)",
                "INSERT INTO users VALUES (1, 'Ann', 'Lee')",
                "ALTER TABLE users ADD CONSTRAINT late CHECK (last <> '') NOT VALID");
        database.execute("INSERT INTO users (id, name) VALUES (3, 'Madonna')");
        rollsBack(runner);
        assertThat(row("first, last", 3)).containsExactly("Madonna", "");
    }

    @Test
    void aCheckOfADroppedColumnDoesNotRefuseTheNewReleasesWrites() {
        PlanRunner runner = contracted(
                "- dropColumn: { table: users, column: mail }",
                "CREATE TABLE users (id int PRIMARY KEY, mail text, phone text,"
                        + " CHECK (mail IS NOT NULL OR phone IS NOT NULL))",
                "INSERT INTO users VALUES (1, 'ann@x', NULL)");
        database.execute("INSERT INTO users (id) VALUES (2)");
        refusesRollbackUntil(runner, "UPDATE users SET phone = '1' WHERE id = 2");
    }

    @Test
    void aDroppedColumnThatRefusesNullTakesWhatDownGivesAndNotItsDefault() {
        PlanRunner runner = contracted(
                "- dropColumn: { table: users, column: kind, down: \"nullif('from ' || note, 'from -')\" }",
                "CREATE TABLE users (id int PRIMARY KEY, note text, kind text NOT NULL DEFAULT 'plain')",
                "INSERT INTO users VALUES (1, 'a', 'b')");
        database.execute("INSERT INTO users (id, note) VALUES (2, 'x'), (3, '-')");
        refusesRollbackUntil(runner, "DELETE FROM users WHERE id = 3");
        assertThat(row("kind", 2)).containsExactly("from x");
        database.execute("INSERT INTO users (id) VALUES (4)");
        assertThat(row("kind", 4)).containsExactly("plain");
    }
}
