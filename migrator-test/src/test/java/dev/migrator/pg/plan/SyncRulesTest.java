package dev.migrator.pg.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Phase;
import dev.migrator.pg.Databases;
import dev.migrator.test.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The rules of the sync triggers, one input each, most of them inputs that broke an earlier draft of the design. */
class SyncRulesTest {
    private TestDatabase database;
    private Users users;

    @BeforeEach
    void createDatabase() {
        database = Databases.withStateTables();
        users = new Users(database);
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    private PlanRunner split() {
        database.execute(
                "CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL)",
                "INSERT INTO users VALUES (1, 'John Smith'), (2, 'Ann Lee'), (3, 'Bob Ray'), (4, 'Zed Q')");
        return users.plan(
                """
                        - splitColumn:
                            table: users
                            column: name
                            into:
                              - { column: first, type: text, up: "split_part(name, ' ', 1)" }
                              - { column: last, type: text, up: "split_part(name, ' ', 2)" }
                            down: "concat_ws(' ', coalesce(first, ''), coalesce(last, ''))"
                        """);
    }

    @Test
    void anOldWriteReachesTheNewShape() {
        users.rename().through(Phase.EXPAND);
        database.execute(
                "UPDATE users SET name = 'Anna' WHERE id = 1", "INSERT INTO users (id, name) VALUES (4, 'Di')");
        assertThat(users.row("name, full_name", 1)).containsExactly("Anna", "Anna");
        assertThat(users.row("name, full_name", 4)).containsExactly("Di", "Di");
    }

    @Test
    void aNewWriteReachesTheOldShape() {
        users.rename().through(Phase.EXPAND);
        database.execute(
                "UPDATE users SET full_name = 'Anna' WHERE id = 1",
                "INSERT INTO users (id, full_name) VALUES (4, 'Di')");
        assertThat(users.row("name, full_name", 1)).containsExactly("Anna", "Anna");
        assertThat(users.row("name, full_name", 4)).containsExactly("Di", "Di");
    }

    @Test
    void theDefaultOfTheOldColumnIsGivenWhenNeitherSideIs() {
        users.rename().through(Phase.EXPAND);
        database.execute("INSERT INTO users (id) VALUES (4)", "INSERT INTO users (id, name) VALUES (5, DEFAULT)");
        assertThat(users.row("name, full_name", 4)).containsExactly("anon", "anon");
        assertThat(users.row("name, full_name", 5)).containsExactly("anon", "anon");
    }

    @Test
    void bothSidesGivenStayAsTheyAre() {
        PlanRunner runner = users.rename().through(Phase.EXPAND);
        database.execute(
                "INSERT INTO users (id, name, full_name) VALUES (4, 'a', 'b')",
                "UPDATE users SET name = 'c', full_name = 'd' WHERE id = 1");
        assertThat(users.row("name, full_name", 4)).containsExactly("a", "b");
        assertThat(users.row("name, full_name", 1)).containsExactly("c", "d");
        runner.run(Phase.BACKFILL);
        assertThat(runner.violations(Phase.VALIDATE)).isEmpty();
        assertThat(users.row("name, full_name", 1)).containsExactly("c", "d");
    }

    /** Experiment 1: half of the new side of a pending row. */
    @Test
    void updatingHalfOfThePendingNewShapeKeepsTheOtherHalf() {
        split().through(Phase.EXPAND);
        database.execute("UPDATE users SET first = 'Jon' WHERE id = 1");
        assertThat(users.row("name, first, last", 1)).containsExactly("Jon Smith", "Jon", "Smith");
    }

    /** Only a pending row is derived from its old side: the sides of another one may differ by the rules. */
    @Test
    void updatingHalfOfAnotherRowsNewShapeKeepsTheOtherHalfAsItIs() {
        split().through(Phase.EXPAND);
        database.execute(
                "INSERT INTO users (id, name, first, last) VALUES (5, 'Old Name', 'X', 'Y')",
                "UPDATE users SET first = 'Z' WHERE id = 5");
        assertThat(users.row("name, first, last", 5)).containsExactly("Z Y", "Z", "Y");
    }

    /** Experiments 1 and 15: an explicit NULL on a pending row is a write, too. */
    @Test
    void anExplicitNullOnAPendingRowIsKept() {
        split().through(Phase.EXPAND);
        database.execute("UPDATE users SET last = NULL WHERE id = 1");
        assertThat(users.row("name, first, last", 1)).containsExactly("John ", "John", "<null>");
    }

    @Test
    void anUpdateOfAnotherColumnHealsAPendingRow() {
        PlanRunner runner = users.rename().through(Phase.EXPAND);
        database.execute("UPDATE users SET other = 7 WHERE id = 1");
        assertThat(users.row("name, full_name, other", 1)).containsExactly("Ann", "Ann", "7");
        assertThat(runner.violations(Phase.VALIDATE)).containsExactly("2 × pending: not filled yet");
    }

    @Test
    void upsertsKeepBothShapesInStep() {
        users.rename().through(Phase.EXPAND);
        database.execute(
                "INSERT INTO users (id, name) VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET name = excluded.name",
                "INSERT INTO users (id, full_name) VALUES (2, 'y') ON CONFLICT (id) DO UPDATE SET full_name ="
                        + " excluded.full_name");
        assertThat(users.row("name, full_name", 1)).containsExactly("x", "x");
        assertThat(users.row("name, full_name", 2)).containsExactly("y", "y");
    }

    /** Experiment 2: a table's own trigger that changes the old side, during the backfill too. */
    @Test
    void aTrimmingTriggerOfTheTableDoesNotMakeRowsDiverge() {
        database.execute(
                "CREATE TABLE users (id int PRIMARY KEY, nick text)",
                "INSERT INTO users VALUES (1, ' x '), (2, ' y ')",
                // It does not name the column as it stands, which would be refused.
                "CREATE FUNCTION norm() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW := jsonb_populate_record(NEW,"
                        + " jsonb_build_object('ni' || 'ck', trim(to_jsonb(NEW)->>('ni' || 'ck')))); RETURN NEW; END$$",
                "CREATE TRIGGER norm BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION norm()");
        PlanRunner runner = users.plan("- renameColumn: { table: users, column: nick, to: alias }\n")
                .through(Phase.BACKFILL);
        assertThat(users.row("nick, alias", 1)).containsExactly("x", "x");
        database.execute(
                "UPDATE users SET alias = ' z ' WHERE id = 2", "INSERT INTO users (id, alias) VALUES (3, ' w ')");
        assertThat(users.row("nick, alias", 2)).containsExactly("z", "z");
        assertThat(users.row("nick, alias", 3)).containsExactly("w", "w");
        assertThat(runner.violations(Phase.VALIDATE)).isEmpty();
    }
}
