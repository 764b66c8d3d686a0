package dev.migrator.pg.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.Phase;
import dev.migrator.engine.PlanRefusedException;
import dev.migrator.pg.Databases;
import dev.migrator.test.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The application's own triggers, of any name and kind, see what they saw before, and have the last word that they had. */
class UserTriggersTest {
    private static final List<Phase> BACK = List.of(Phase.CONTRACT, Phase.VALIDATE, Phase.BACKFILL, Phase.EXPAND);

    private TestDatabase database;
    private Users users;

    @BeforeEach
    void createDatabase() {
        database = Databases.withStateTables();
        users = new Users(database);
        database.execute(
                "CREATE TABLE users (id int PRIMARY KEY, n int NOT NULL DEFAULT 5, times int NOT NULL DEFAULT 0)",
                "CREATE TABLE log (line text)",
                "INSERT INTO users VALUES (1, 1), (2, 2)");
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    private void trigger(String name, String when, String body) {
        database.execute(
                "CREATE OR REPLACE FUNCTION \"f " + name + "\"() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN " + body
                        + " END$$",
                "CREATE TRIGGER \"" + name + "\" " + when + " EXECUTE FUNCTION \"f " + name + "\"()");
    }

    private PlanRunner widen() {
        return users.plan("- changeType: { table: users, column: n, type: bigint }\n");
    }

    private List<List<String>> rows() {
        return database.queryRows("SELECT id, n FROM users ORDER BY id");
    }

    /** The name's place among ours must not matter: the value that the trigger leaves is the one in both shapes. */
    @ParameterizedTest
    @ValueSource(strings = {"\u0001z", " a", "!a", "a", "mg_zzz", "zzz", "~", "~~", "\u007fz", "é"})
    void aTriggerThatBoundsTheValueIsObeyedInBothShapes(String name) {
        trigger(name, "BEFORE INSERT OR UPDATE ON users FOR EACH ROW", "NEW.n := least(NEW.n, 10); RETURN NEW;");
        PlanRunner runner = widen();
        for (Phase phase : List.of(Phase.EXPAND, Phase.BACKFILL, Phase.VALIDATE, Phase.CONTRACT)) {
            runner.run(phase);
            write(phase);
        }
        for (Phase phase : BACK) {
            runner.undo(phase);
            write(phase);
        }
        assertThat(rows()).containsExactly(List.of("1", "10"), List.of("2", "10"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u0001", "\u0001a", "\uDBFF\uDFFFz"})
    void aNameThatLeavesNoRoomIsRefused(String name) {
        trigger(name, "BEFORE UPDATE ON users FOR EACH ROW", "RETURN NEW;");
        assertThatThrownBy(this::widen)
                .isInstanceOf(PlanRefusedException.class)
                .hasMessageContaining("leaves no room")
                .hasMessageContaining("ALTER TRIGGER … RENAME TO");
    }

    private void write(Phase phase) {
        database.execute(
                "DELETE FROM users WHERE id = 2",
                "INSERT INTO users (id, n) VALUES (2, 99)",
                "UPDATE users SET n = 50 WHERE id = 1");
        assertThat(rows()).as("after %s", phase).containsExactly(List.of("1", "10"), List.of("2", "10"));
        database.execute("UPDATE users SET n = 3 WHERE id = 1");
        assertThat(rows()).as("after %s", phase).containsExactly(List.of("1", "3"), List.of("2", "10"));
        database.execute("UPDATE users SET n = 77 WHERE id = 1");
    }

    @Test
    void triggersForUpdateOfTheColumnFireForItInEachPhase() {
        trigger("of", "AFTER UPDATE OF n ON users FOR EACH ROW", "INSERT INTO log VALUES (TG_NAME); RETURN NULL;");
        trigger("off", "AFTER UPDATE OF n ON users FOR EACH ROW", "RAISE 'disabled'; RETURN NULL;");
        trigger("replica", "AFTER UPDATE OF n ON users FOR EACH ROW", "RAISE 'replica'; RETURN NULL;");
        database.execute("ALTER TABLE users DISABLE TRIGGER off", "ALTER TABLE users ENABLE REPLICA TRIGGER replica");
        PlanRunner runner = widen();
        for (Phase phase : Phase.values()) {
            runner.run(phase);
            database.execute(
                    "TRUNCATE log", "UPDATE users SET n = 8 WHERE id = 1", "UPDATE users SET times = 1 WHERE id = 1");
            assertThat(database.queryLong("SELECT count(*) FROM log"))
                    .as("after %s", phase)
                    .isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO log SELECT NEW.*",
                "INSERT INTO log VALUES (OLD.*)",
                "insert into log values (now(), (new).*)",
                "INSERT INTO log\n SELECT TG_OP,\n old . * "
            })
    void anInsertOfTheWholeRowByPositionIsRefused(String statement) {
        trigger("audit", "AFTER DELETE ON users FOR EACH ROW", statement + "; RETURN NULL;");
        assertThatThrownBy(this::widen)
                .isInstanceOf(PlanRefusedException.class)
                .hasMessageContaining("trigger \"audit\"'s function")
                .hasMessageContaining("Name the columns in that INSERT");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO log VALUES (row_to_json(NEW.*))",
                "INSERT INTO log SELECT to_jsonb(NEW)",
                "INSERT INTO log SELECT (NEW.*)::text",
                "IF NEW.* IS DISTINCT FROM OLD.* THEN INSERT INTO log VALUES ('x'); END IF",
                "INSERT INTO log VALUES (NEW.times); PERFORM NEW.* IS NULL",
                "INSERT INTO log SELECT NEW.* IS NULL"
            })
    void theWholeRowAsOneValueIsFine(String statement) {
        trigger("audit", "AFTER UPDATE ON users FOR EACH ROW", statement + "; RETURN NULL;");
        PlanRunner runner = widen().through(Phase.CONTRACT);
        database.execute("UPDATE users SET times = 3 WHERE id = 1", "UPDATE users SET n = 3 WHERE id = 1");
        BACK.forEach(runner::undo);
        database.execute("UPDATE users SET times = 4 WHERE id = 1");
        assertThat(rows()).containsExactly(List.of("1", "3"), List.of("2", "2"));
    }

    @Test
    void aTransitionTableAsRowsOfTextIsFine() {
        trigger(
                "audit",
                "AFTER UPDATE ON users REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT",
                "INSERT INTO log SELECT r::text FROM new_rows r; INSERT INTO log SELECT 'x' FROM old_rows; RETURN NULL;");
        widen().through(Phase.PURGE);
        database.execute("TRUNCATE log", "UPDATE users SET n = 3 WHERE id = 1");
        assertThat(database.queryStrings("SELECT line FROM log ORDER BY 1")).containsExactly("(1,0,3)", "x");
    }

    /** The trigger sorts after ours and changes the old side behind its back: VALIDATE sees it. */
    @Test
    void aTriggerMadeAfterExpandCannotPartTheShapesUnseen() {
        PlanRunner runner = widen().through(Phase.BACKFILL);
        trigger("\uDBFF\uDFFFz", "BEFORE UPDATE ON users FOR EACH ROW", "NEW.n := 40; RETURN NEW;");
        database.execute("UPDATE users SET times = 1 WHERE id = 1");
        assertThat(runner.violations(Phase.VALIDATE)).isNotEmpty();
    }

    @Test
    void triggersOfTwoMigratedTablesThatWriteToEachOtherKeepBothInStep() {
        database.execute("CREATE TABLE totals (id int PRIMARY KEY, n int)", "INSERT INTO totals VALUES (1, 1), (2, 2)");
        trigger(
                "up",
                "AFTER INSERT OR UPDATE ON users FOR EACH ROW",
                "UPDATE totals SET n = NEW.n WHERE id = NEW.id AND n IS DISTINCT FROM NEW.n; RETURN NULL;");
        trigger(
                "down",
                "AFTER UPDATE ON totals FOR EACH ROW",
                "UPDATE users SET n = NEW.n WHERE id = NEW.id AND n IS DISTINCT FROM NEW.n; RETURN NULL;");
        PlanRunner runner = users.plan(
                """
                - changeType: { table: users, column: n, type: bigint }
                - changeType: { table: totals, column: n, type: bigint }
                """);
        String rows = "SELECT u.n, t.n FROM users u JOIN totals t USING (id) ORDER BY id";
        int value = 100;
        for (Phase phase : Phase.values()) {
            runner.run(phase);
            value++;
            database.execute("UPDATE users SET n = %d WHERE id = 1".formatted(value));
            database.execute("UPDATE totals SET n = %d WHERE id = 2".formatted(value));
            String both = String.valueOf(value);
            assertThat(database.queryRows(rows))
                    .as("after %s", phase)
                    .containsExactly(List.of(both, both), List.of(both, both));
        }
    }
}
