package dev.migrator.pg.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.migrator.Phase;
import dev.migrator.pg.Databases;
import dev.migrator.test.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A MERGE tells triggers of the columns of all its actions, so that the NULL of a new column that it left alone must not count
 * as written, however the statement came to the server; that of an UPDATE must, whatever words surround it.
 */
class HiddenMergeTest {
    private static final String MERGE = "MERGE INTO users AS u USING (VALUES (%d)) AS v(id) ON u.id = v.id"
            + " WHEN MATCHED AND v.id > 0 THEN UPDATE SET note = 'merged'"
            + " WHEN MATCHED THEN UPDATE SET full_name = 'never'";
    private static final List<List<String>> MERGES = List.of(
            List.of("%s"),
            List.of("PREPARE p AS %s", "EXECUTE p"),
            List.of("PREPARE p AS %s", "/* trace */ EXECUTE p"),
            List.of("PREPARE p AS %s", "-- trace\nEXECUTE p"),
            List.of("PREPARE p AS %s", "EXPLAIN (ANALYZE, COSTS off) EXECUTE p"),
            List.of("SET standard_conforming_strings = off", "%s"),
            List.of("SET standard_conforming_strings = off", "PREPARE p AS %s", "EXECUTE p"),
            List.of("DO $$BEGIN %s; END$$"),
            List.of("DO $$BEGIN EXECUTE 'mer' || substr($s$%s$s$, 4); END$$"),
            List.of("PREPARE p AS %s", "DO $$BEGIN EXECUTE 'EXECUTE p'; END$$"),
            List.of("CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$%s$$", "SELECT f()"));

    private static final String UPDATE = "UPDATE users SET full_name = NULL, note = 'null' WHERE id = %d";
    private static final List<List<String>> UPDATES = List.of(
            List.of("%s"),
            List.of("DO $$BEGIN %s; END$$"),
            List.of("DO $$BEGIN EXECUTE $s$%s$s$; END$$"),
            List.of(
                    "CREATE FUNCTION merge_and_execute() RETURNS void LANGUAGE plpgsql AS $$BEGIN EXECUTE $s$%s$s$; END$$",
                    "/* merge */ SELECT merge_and_execute()"),
            List.of("%s AND note IS DISTINCT FROM 'we execute'"));

    private TestDatabase database;

    @BeforeEach
    void createDatabase() {
        database = Databases.withStateTables();
        database.execute(
                "CREATE TABLE users (id int PRIMARY KEY, name text, note text)",
                "INSERT INTO users SELECT g, 'Ann' FROM generate_series(1, 20) g");
        new Users(database)
                .plan("- renameColumn: { table: users, column: name, to: full_name }\n")
                .run(Phase.EXPAND);
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    @Test
    void theNullOfAMergeIsNotWritten() {
        assumeThat(database.server().majorVersion()).isGreaterThanOrEqualTo(15);
        all(MERGES, MERGE, List.of("Ann", "Ann", "merged"));
    }

    @Test
    void theNullOfAnUpdateIs() {
        all(UPDATES, UPDATE, List.of("<null>", "<null>", "null"));
    }

    @Test
    void theNullOfAStatementThatCannotBeSeenIsNot() {
        List<List<String>> forms = List.of(
                List.of("PREPARE p AS %s", "EXECUTE p"),
                List.of("CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$%s$$", "SELECT f()"));
        all(forms, UPDATE, List.of("Ann", "Ann", "null"));
    }

    private void all(List<List<String>> forms, String statement, List<String> expected) {
        List<String> wrong = new ArrayList<>();
        for (int id = 1; id <= forms.size(); id++) {
            String sql = statement.formatted(id);
            database.execute(forms.get(id - 1).stream()
                    .map(form -> form.replace("%s", sql))
                    .toArray(String[]::new));
            List<String> row = database.queryRows("SELECT name, full_name, note FROM users WHERE id = " + id)
                    .get(0);
            if (!row.equals(expected)) {
                wrong.add(forms.get(id - 1) + " left " + row);
            }
        }
        assertThat(wrong).isEmpty();
    }
}
