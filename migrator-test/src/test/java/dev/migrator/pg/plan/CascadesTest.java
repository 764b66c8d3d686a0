package dev.migrator.pg.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.Phase;
import dev.migrator.pg.Databases;
import dev.migrator.plan.Step;
import dev.migrator.test.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Foreign keys that write the migrated column, and constraints that wait for the end of a transaction. */
class CascadesTest {
    private TestDatabase database;

    @BeforeEach
    void createDatabase() {
        database = Databases.withStateTables();
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    /** Rows {@code n} and {@code n + 1} refer to teams of their own number; one team goes, the other gets another number. */
    @Test
    void whatAKeyDoesToItsColumnsReachesBothShapesInEveryPhase() {
        database.execute(
                "CREATE TABLE teams (id int PRIMARY KEY)",
                "INSERT INTO teams SELECT generate_series(0, 40)",
                "CREATE TABLE users (id int PRIMARY KEY,"
                        + " a int NOT NULL DEFAULT 0 REFERENCES teams ON DELETE SET DEFAULT ON UPDATE CASCADE,"
                        + " b int REFERENCES teams ON DELETE SET NULL ON UPDATE CASCADE,"
                        + " c int DEFAULT 0 REFERENCES teams ON DELETE SET DEFAULT ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED)",
                "INSERT INTO users SELECT g, g, g, g FROM generate_series(1, 40) g");
        PlanRunner runner = new Users(database)
                .plan(
                        """
                        - renameColumn: { table: users, column: a, to: x }
                        - changeType: { table: users, column: b, type: bigint, to: y }
                        - changeType: { table: users, column: c, type: bigint }
                        """);
        int row = 1;
        for (Phase phase : Phase.values()) {
            runner.run(phase);
            row = goAndMove(row, phase);
            if (phase == Phase.CONTRACT) {
                runner.undo(phase);
                row = goAndMove(row, Phase.VALIDATE);
                runner.undo(Phase.VALIDATE);
                row = goAndMove(row, Phase.BACKFILL);
                runner.run(Phase.VALIDATE);
                runner.run(phase);
                row = goAndMove(row, phase);
            }
        }
    }

    private int goAndMove(int row, Phase phase) {
        int moved = row + 1;
        database.execute("DELETE FROM teams WHERE id = " + row, "UPDATE teams SET id = 1000 + id WHERE id = " + moved);
        List<String> columns = database.queryStrings(
                "SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = 'users'::regclass AND attnum > 0"
                        + " AND NOT attisdropped AND attname !~ '^(id|mg_[0-9a-f]{8})$' ORDER BY attnum");
        for (String column : columns) {
            String gone =
                    database.queryString("SELECT coalesce(" + column + "::text, 'NULL') FROM users WHERE id = " + row);
            assertThat(gone)
                    .as("%s of a row whose team is gone, after %s", column, phase)
                    .isIn("0", "NULL");
            assertThat(database.queryLong("SELECT " + column + " FROM users WHERE id = " + moved))
                    .as("%s of a row whose team has moved, after %s", column, phase)
                    .isEqualTo(1000 + moved);
        }
        boolean contracted = !phase.isBefore(Phase.CONTRACT);
        assertThat(database.queryRows(
                        "SELECT " + (contracted ? "x, y, c" : "a, b, c") + " FROM users WHERE id = " + row))
                .as("after %s", phase)
                .containsExactly(List.of("0", "<null>", "0"));
        if (!contracted) {
            assertThat(database.queryRows("SELECT x, y FROM users WHERE id = " + row))
                    .as("after %s", phase)
                    .containsExactly(List.of("0", "<null>"));
        }
        return row + 2;
    }

    /** PostgreSQL builds an index that checks each row at once before it can be made a constraint that waits. */
    @Test
    void rowsExchangeUniqueValuesInOneStatementButWhereThePlanSaysThatTheyCannot() {
        database.execute(
                "CREATE TABLE users (id int PRIMARY KEY, nick text UNIQUE DEFERRABLE INITIALLY DEFERRED)",
                "INSERT INTO users VALUES (1, 'a'), (2, 'b')");
        PlanRunner runner = new Users(database).plan("- renameColumn: { table: users, column: nick, to: handle }\n");
        assertThat(runner.plan().findings()).anyMatch(finding -> finding.message()
                .contains("\"users_nick_key\" is deferrable, and while VALIDATE builds"));
        List<String> failed = new ArrayList<>();
        for (Phase phase : Phase.values()) {
            for (Step step : runner.plan().steps(phase)) {
                runner.step(step);
                boolean old = database.queryBoolean("SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid ="
                        + " 'users'::regclass AND attname = 'nick' AND NOT attisdropped)");
                String column = old ? "nick" : "handle";
                try {
                    database.execute(
                            "UPDATE users SET " + column + " = CASE " + column + " WHEN 'a' THEN 'b' ELSE 'a' END");
                } catch (RuntimeException e) {
                    assertThat(e).hasMessageContaining("duplicate key");
                    failed.add(step.title());
                }
            }
        }
        assertThat(failed).containsExactly("build a copy of index users_nick_key on users");
    }

    @Test
    void aDeferrablePrimaryKeyIsWarnedOfUntilPurge() {
        database.execute("CREATE TABLE users (id int PRIMARY KEY DEFERRABLE)", "INSERT INTO users VALUES (1), (2)");
        PlanRunner runner = new Users(database).plan("- changeType: { table: users, column: id, type: bigint }\n");
        assertThat(runner.plan().findings()).anyMatch(finding -> finding.message()
                .contains("\"users_pkey\" is deferrable, and from CONTRACT to PURGE"));
        runner.through(Phase.VALIDATE);
        database.execute("UPDATE users SET id = 3 - id");
        runner.run(Phase.CONTRACT);
        assertThatThrownBy(() -> database.execute("UPDATE users SET id = 3 - id"))
                .hasMessageContaining("duplicate key");
        runner.run(Phase.PURGE);
        database.execute("UPDATE users SET id = 3 - id");
    }
}
