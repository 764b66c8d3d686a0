package dev.migrator.pg.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Phase;
import dev.migrator.plan.Finding;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A pooled session that has called functions over the table's rows goes on calling them, whatever the table has become. */
class OpenSessionsTest {
    private static final List<String> CALLS = List.of(
            "SELECT by_type(u) FROM users u",
            "SELECT in_sql(u) FROM users u",
            "SELECT count(*) FROM gives()",
            "SELECT count(*) FROM gives_in_loop()",
            "SELECT count(*) FROM GIVES_IN_CAPITALS()",
            "SELECT of_array(ARRAY(SELECT u FROM users u))",
            "CALL writes()",
            "CALL loops()",
            "UPDATE users SET n = n + 1 WHERE id = 1",
            "INSERT INTO users (name, n) VALUES (' c ', 4)");

    private TestDatabase database;
    private Users users;

    @BeforeEach
    void createDatabase() {
        database = PostgresServer.shared().createDatabase();
        users = new Users(database);
        database.execute(
                "CREATE TABLE users (id serial PRIMARY KEY, name text DEFAULT 'anon', n int)",
                "INSERT INTO users (name, n) VALUES ('a', 1), ('b', 2)");
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    private void createFunctions() {
        String language = " LANGUAGE plpgsql AS ";
        database.execute(
                "CREATE FUNCTION by_type(u users) RETURNS int" + language
                        + "$$DECLARE x int; BEGIN x := u.n; RETURN x; END$$",
                "CREATE FUNCTION of_array(u users[]) RETURNS int" + language
                        + "$$DECLARE x int; BEGIN x := u[1].n; RETURN x; END$$",
                "CREATE FUNCTION in_sql(u users) RETURNS bigint LANGUAGE sql AS $$SELECT u.n::bigint$$",
                "CREATE FUNCTION gives() RETURNS SETOF users LANGUAGE sql AS $$SELECT * FROM users$$",
                "CREATE FUNCTION gives_in_loop() RETURNS SETOF users" + language
                        + "$$DECLARE r users%ROWTYPE; BEGIN FOR r IN SELECT * FROM users LOOP RETURN NEXT r; END LOOP; END$$",
                "CREATE FUNCTION GIVES_IN_CAPITALS() RETURNS SETOF int" + language
                        + "$$DECLARE r USERS; x int; BEGIN FOR r IN SELECT * FROM USERS LOOP x := r.n; RETURN NEXT x; END LOOP; END$$",
                "CREATE PROCEDURE writes()" + language
                        + "$$DECLARE r users%ROWTYPE; BEGIN SELECT * INTO r FROM users WHERE id = 2; r.n := r.n + 1;"
                        + " UPDATE users SET n = r.n WHERE id = r.id; END$$",
                "CREATE PROCEDURE loops()" + language
                        + "$$DECLARE r users; x int; BEGIN FOR r IN SELECT * FROM users LOOP x := by_type(r); END LOOP; END$$",
                "CREATE FUNCTION trims() RETURNS trigger" + language
                        + "$$DECLARE r users%ROWTYPE; BEGIN r := NEW; PERFORM by_type(r); r.name := trim(r.name); RETURN r; END$$",
                "CREATE TRIGGER trims BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION trims()");
    }

    private static void callAll(Statement session) throws SQLException {
        for (int twice = 0; twice < 2; twice++) {
            for (String call : CALLS) {
                session.execute(call);
            }
        }
    }

    @Test
    void functionsAndProceduresOverTheRowGoOnThroughEachPhaseAndBack() throws SQLException {
        createFunctions();
        PlanRunner runner = users.plan("- changeType: { table: users, column: n, type: bigint }\n");
        try (Connection connection = database.dataSource().getConnection();
                Statement session = connection.createStatement()) {
            callAll(session);
            for (Phase phase : List.of(Phase.EXPAND, Phase.BACKFILL, Phase.VALIDATE, Phase.CONTRACT)) {
                runner.run(phase);
                callAll(session);
            }
            for (Phase phase : List.of(Phase.CONTRACT, Phase.VALIDATE, Phase.BACKFILL, Phase.EXPAND)) {
                runner.undo(phase);
                callAll(session);
            }
            runner.through(Phase.CONTRACT);
            callAll(session);
            runner.run(Phase.PURGE);
            callAll(session);
        }
        assertThat(database.queryLong("SELECT n FROM users WHERE id = 1")).isEqualTo(23);
        assertThat(database.queryLong("SELECT count(*) FROM users WHERE name LIKE ' %'"))
                .isZero();
    }

    /** A whole row, made of a few values, is written without a word about the migrator's columns: they arrive as NULL. */
    @Test
    void aRowMadeOfAFewValuesIsInserted() {
        PlanRunner runner = users.plan("- renameColumn: { table: users, column: name, to: full_name }\n")
                .through(Phase.EXPAND);
        String insert = "INSERT INTO users SELECT * FROM jsonb_populate_record(NULL::users, '%s')";
        database.execute(
                insert.formatted("{\"id\": 11, \"name\": \"old\"}"),
                insert.formatted("{\"id\": 12, \"full_name\": \"new\"}"),
                insert.formatted("{\"id\": 13, \"full_name\": \"new\", \"name\": \"old\"}"),
                insert.formatted("{\"id\": 14}"),
                """
                DO $$DECLARE r users%ROWTYPE; BEGIN r.id := 15; r.name := 'row'; INSERT INTO users VALUES (r.*); END$$
                """);
        String rows = "SELECT id, name, full_name FROM users WHERE id > 10 ORDER BY id";
        List<List<String>> expected = List.of(
                List.of("11", "old", "old"),
                List.of("12", "new", "new"),
                List.of("13", "old", "new"),
                List.of("14", "<null>", "<null>"),
                List.of("15", "row", "row"));
        assertThat(database.queryRows(rows)).containsExactlyElementsOf(expected);
        runner.run(Phase.BACKFILL);
        assertThat(database.queryRows(rows)).containsExactlyElementsOf(expected);
        assertThat(runner.violations(Phase.VALIDATE)).isEmpty();
    }

    private List<String> warnings(String operation) {
        return users.plan(operation).plan().findings().stream()
                .filter(finding -> finding.severity() == Finding.Severity.WARNING)
                .map(Finding::message)
                .toList();
    }

    @Test
    void functionsThatMustChangeWithTheTableAreWarnedOf() {
        database.execute(
                "CREATE FUNCTION listed() RETURNS SETOF users LANGUAGE sql AS $$SELECT id, name, n FROM users$$",
                "CREATE FUNCTION starred() RETURNS SETOF users LANGUAGE sql AS $$SELECT * FROM users$$",
                "CREATE FUNCTION greets() RETURNS text LANGUAGE sql AS $$SELECT 'Hi ' || \"name\" FROM users LIMIT 1$$",
                "CREATE FUNCTION renames() RETURNS text LANGUAGE sql AS $$SELECT renamed FROM (SELECT 'users' AS renamed) x$$");
        String listed = "function public.listed() gives rows of \"public\".\"users\"";
        assertThat(warnings("- renameColumn: { table: users, column: name, to: full_name }\n"))
                .anyMatch(text -> text.startsWith(listed))
                .anyMatch(text -> text.startsWith("these functions name \"public\".\"users\" and \"name\"")
                        && text.contains("takes away: public.greets(), public.listed()."))
                .noneMatch(text -> text.contains("starred") || text.contains("renames"));
        assertThat(warnings("- addColumn: { table: users, column: x, type: int }\n"))
                .singleElement()
                .satisfies(text -> assertThat(text).startsWith(listed));
        assertThat(warnings("- changeType: { table: users, column: name, type: varchar(90) }\n"))
                .noneMatch(text -> text.startsWith("these functions"));
    }

    @Test
    void aFunctionThatNamesTheTableOnlyAsAPartOfAnotherNameIsLeftAlone() {
        database.execute(
                "CREATE FUNCTION other() RETURNS int LANGUAGE plpgsql AS $$BEGIN RETURN (SELECT 1 AS current_users_count); END$$",
                "CREATE FUNCTION mine() RETURNS int LANGUAGE plpgsql AS $$BEGIN RETURN (SELECT n FROM \"users\" LIMIT 1); END$$");
        assertThat(users.plan("- renameColumn: { table: users, column: name, to: full_name }\n")
                        .plan()
                        .steps())
                .map(step -> step.action().toString())
                .anyMatch(action -> action.contains("ALTER FUNCTION public.mine()"))
                .noneMatch(action -> action.contains("public.other()"));
    }
}
