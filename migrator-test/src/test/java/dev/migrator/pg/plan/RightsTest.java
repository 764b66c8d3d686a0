package dev.migrator.pg.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.Phase;
import dev.migrator.engine.PlanRefusedException;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Roles that may do less than the owner write while a table changes. */
class RightsTest {
    private TestDatabase database;
    private String role;

    @BeforeEach
    void createDatabase() {
        database = PostgresServer.shared().createDatabase();
        role = database.createRole("writer");
        database.execute(
                "CREATE SCHEMA app",
                "CREATE TYPE app.mood AS ENUM ('sad', 'happy')",
                "CREATE TYPE app.place AS (street text, n int)",
                "CREATE FUNCTION app.shout(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT upper($1)'",
                "CREATE SCHEMA api",
                "GRANT USAGE ON SCHEMA api TO " + role());
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    private String role() {
        return '"' + role + '"';
    }

    private void asWriter(String... statements) throws SQLException {
        try (Connection connection = database.connectAs(role);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static String renamed(String table) {
        return "- renameColumn: { schema: app, table: " + table + ", column: mood, to: feeling }\n"
                + "- renameColumn: { schema: app, table: " + table + ", column: place, to: home }\n";
    }

    private void usersBehindAView(String defaults) {
        database.execute(
                "CREATE TABLE app.users (id int PRIMARY KEY, mood app.mood " + defaults
                        + ", place app.place, note text)",
                "INSERT INTO app.users SELECT g, 'sad', '(a,1)' FROM generate_series(1, 20) g",
                "CREATE VIEW api.notes AS SELECT id, note FROM app.users",
                "GRANT ALL ON api.notes TO " + role());
    }

    /** The triggers run with the rights of a writer who may not even look into the schema of the columns' types. */
    @Test
    void whoWritesThroughAViewNeedsNoRightInTheTablesSchema() throws Exception {
        usersBehindAView("");
        PlanRunner runner = new Users(database).plan(renamed("users"));
        int n = 0;
        for (Phase phase : Phase.values()) {
            runner.run(phase);
            n++;
            asWriter(
                    "INSERT INTO api.notes VALUES (" + (100 + n) + ", 'new')",
                    "UPDATE api.notes SET note = '" + phase + "' WHERE id = " + n,
                    "INSERT INTO api.notes VALUES (9, 'x') ON CONFLICT (id) DO UPDATE SET note = excluded.note",
                    "DELETE FROM api.notes WHERE id = " + (10 + n));
        }
        assertThat(database.queryLong("SELECT count(*) FROM app.users WHERE feeling = 'sad' AND home::text = '(a,1)'"))
                .isEqualTo(15);
        assertThat(database.queryLong("SELECT count(*) FROM app.users WHERE feeling IS NULL AND home IS NULL"))
                .isEqualTo(5);
    }

    /** A default names its type. */
    @Test
    void whoseWritesWouldFailForWantOfARightIsFoundBeforeAnythingIsChanged() {
        usersBehindAView("DEFAULT 'happy'");
        Users users = new Users(database);
        assertThatThrownBy(() -> users.plan(renamed("users")))
                .isInstanceOf(PlanRefusedException.class)
                .hasMessageContaining("role " + role + " through view api.notes may write \"app\".\"users\"")
                .hasMessageContaining("has no USAGE on schema app");
        database.execute("GRANT USAGE ON SCHEMA app TO " + role());
        users.plan(renamed("users"));
    }

    @Test
    void whoMayNotCallWhatAnExpressionCallsIsFoundBeforeAnythingIsChanged() {
        database.execute(
                "CREATE TABLE users (id int PRIMARY KEY, name text)",
                "REVOKE EXECUTE ON FUNCTION app.shout(text) FROM public",
                "GRANT USAGE ON SCHEMA app TO " + role(),
                "GRANT UPDATE (name) ON users TO " + role());
        Users users = new Users(database);
        String shout =
                "- changeType: { table: users, column: name, type: text, to: loud, up: 'app.shout(name)', down: loud }\n";
        assertThatThrownBy(() -> users.plan(shout))
                .isInstanceOf(PlanRefusedException.class)
                .hasMessageContaining("has no EXECUTE on function app.shout(text)");
        database.execute("GRANT EXECUTE ON FUNCTION app.shout(text) TO " + role());
        users.plan(shout);
    }

    /** Schema {@code p}, of which the writer may use nothing, is no part of {@code app.shout}. */
    @Test
    void aSchemaThatNoExpressionNamesIsNotAskedFor() {
        database.execute(
                "CREATE SCHEMA p",
                "CREATE TABLE users (id int PRIMARY KEY, name text)",
                "GRANT USAGE ON SCHEMA app TO " + role(),
                "GRANT ALL ON users TO " + role());
        new Users(database)
                .plan(
                        "- changeType: { table: users, column: name, type: text, to: loud, up: 'app.shout(name)', down: loud }\n");
    }

    @Test
    void whoMayReadEveryColumnMayReadAllOfThem() throws Exception {
        database.execute(
                "CREATE TABLE users (id int PRIMARY KEY, name text)",
                "INSERT INTO users VALUES (1, 'Ann')",
                "GRANT SELECT (id, name), INSERT (id, name), UPDATE (name) ON users TO " + role());
        PlanRunner runner = new Users(database).plan("- renameColumn: { table: users, column: name, to: full_name }\n");
        int n = 0;
        for (Phase phase : Phase.values()) {
            runner.run(phase);
            n++;
            String column = phase.isBefore(Phase.CONTRACT) ? "name" : "full_name";
            asWriter(
                    "SELECT * FROM users",
                    "INSERT INTO users (id, " + column + ") VALUES (" + (1 + n) + ", 'Bob') RETURNING *",
                    "UPDATE users SET " + column + " = 'Cy' WHERE id = 1 RETURNING *");
        }
        assertThat(database.queryStrings("SELECT full_name FROM users ORDER BY id"))
                .containsExactly("Cy", "Bob", "Bob", "Bob", "Bob", "Bob");
    }

    @Test
    void rowSecurityFiltersTheApplicationAndNotTheBackfill() throws Exception {
        database.execute(
                "CREATE TABLE users (id int PRIMARY KEY, name text, tenant text DEFAULT 'a')",
                "INSERT INTO users SELECT g, 'n', CASE WHEN g % 2 = 0 THEN 'a' ELSE 'b' END FROM generate_series(1, 20) g",
                "ALTER TABLE users ENABLE ROW LEVEL SECURITY",
                "CREATE POLICY own ON users USING (tenant = current_setting('app.tenant'))",
                "GRANT ALL ON users TO " + role());
        PlanRunner runner = new Users(database).plan("- renameColumn: { table: users, column: name, to: full_name }\n");
        int n = 0;
        for (Phase phase : Phase.values()) {
            runner.run(phase);
            n++;
            String column = phase.isBefore(Phase.CONTRACT) ? "name" : "full_name";
            asWriter(
                    "SET app.tenant = 'a'",
                    "UPDATE users SET " + column + " = '" + phase + "'",
                    "INSERT INTO users (id, " + column + ") VALUES (" + (100 + n) + ", 'new')");
            if (phase.isBefore(Phase.CONTRACT)) {
                assertThat(database.queryLong(
                                "SELECT count(*) FROM users WHERE tenant = 'a' AND name IS DISTINCT FROM full_name"))
                        .isZero();
            }
            assertThatThrownBy(
                            () -> asWriter("SET app.tenant = 'a'", "INSERT INTO users (id, tenant) VALUES (500, 'b')"))
                    .hasMessageContaining("row-level security");
        }
        assertThat(database.queryRows("SELECT full_name, count(*) FROM users GROUP BY 1 ORDER BY 1"))
                .containsExactly(List.of("PURGE", "14"), List.of("n", "10"), List.of("new", "1"));
    }
}
