package dev.migrator.pg.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.Phase;
import dev.migrator.pg.Databases;
import dev.migrator.test.SqlFailure;
import dev.migrator.test.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** CONTRACT's exchange of the two shapes, what is in force after it, and the way back over it. */
class ExchangeTest {
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

    @Test
    void afterContractTheRetiredSideIsKeptInStepAndRollbackBringsItBack() {
        PlanRunner runner = users.rename().through(Phase.CONTRACT);
        database.execute(
                "UPDATE users SET full_name = 'New' WHERE id = 1",
                "INSERT INTO users (id, full_name) VALUES (7, 'Gil')",
                "INSERT INTO users (id) VALUES (8)");
        assertThat(runner.violations(Phase.CONTRACT)).isEmpty();
        runner.undo(Phase.CONTRACT);
        assertThat(users.row("name, full_name", 1)).containsExactly("New", "New");
        assertThat(users.row("name, full_name", 8)).containsExactly("anon", "anon");
        database.execute("UPDATE users SET name = 'Old' WHERE id = 1");
        assertThat(users.row("name, full_name", 1)).containsExactly("Old", "Old");
    }

    @Test
    void aTypeUnderTheSameNameIsExchangedAtContract() {
        database.execute(
                "CREATE TABLE users (id serial PRIMARY KEY, n int CHECK (n > 0) DEFAULT 5, t text)",
                "CREATE INDEX users_n ON users (n DESC, t) WHERE n < 1000",
                "INSERT INTO users (t) SELECT 'r' || g FROM generate_series(1, 10) g");
        var before = database.snapshot("public");
        PlanRunner runner = users.plan(
                        """
                                - changeType: { table: users, column: id, type: bigint }
                                - changeType: { table: users, column: n, type: bigint }
                                """)
                .through(Phase.CONTRACT);
        database.execute("INSERT INTO users (t) VALUES ('new')", "UPDATE users SET n = 6 WHERE id = 1");
        assertThat(database.queryStrings(
                        "SELECT format_type(atttypid, -1) FROM pg_attribute WHERE attrelid = 'users'::regclass AND attname"
                                + " IN ('id', 'n')"))
                .containsExactly("bigint", "bigint");
        runner.undo(Phase.CONTRACT);
        runner.undo(Phase.VALIDATE);
        runner.undo(Phase.BACKFILL);
        runner.undo(Phase.EXPAND);
        assertThat(database.snapshot("public").differences(before)).isEmpty();
        assertThat(users.row("n, t", 1)).containsExactly("6", "r1");
        assertThat(database.queryLong("SELECT count(*) FROM users")).isEqualTo(11);
    }

    /** Experiment 8: the numbers of an identity column go on, and its sequence comes back as it was. */
    @Test
    void anIdentityColumnGoesOnCountingOnItsSuccessorAndBack() {
        database.execute(
                "CREATE TABLE users (id int GENERATED ALWAYS AS IDENTITY (START 100 INCREMENT 5) PRIMARY KEY, t text)",
                "COMMENT ON SEQUENCE users_id_seq IS 'numbers'",
                "INSERT INTO users (t) VALUES ('a'), ('b')");
        var before = database.snapshot("public");
        PlanRunner runner = users.plan("- changeType: { table: users, column: id, type: bigint }\n")
                .through(Phase.CONTRACT);
        database.execute("INSERT INTO users (t) VALUES ('c')");
        runner.undo(Phase.CONTRACT);
        database.execute("INSERT INTO users (t) VALUES ('d')");
        runner.undo(Phase.VALIDATE);
        runner.undo(Phase.EXPAND);
        assertThat(database.queryStrings("SELECT id || t FROM users ORDER BY id"))
                .containsExactly("100a", "105b", "110c", "115d");
        assertThat(before.differences(database.snapshot("public"))).isEmpty();
    }

    private PlanRunner widen() {
        database.execute("CREATE TABLE users (id int PRIMARY KEY, n int)", "INSERT INTO users VALUES (1, 1)");
        return users.plan("- changeType: { table: users, column: n, type: bigint }\n")
                .through(Phase.CONTRACT);
    }

    @Test
    void aValueThatTheOldShapeCannotHoldFailsNoWriteAndStopsTheRollback() {
        PlanRunner runner = widen();
        database.execute("INSERT INTO users (id, n) VALUES (2, 3000000000)");
        assertThatThrownBy(() -> runner.undo(Phase.CONTRACT)).hasMessageContaining("1 × the old shape can't hold");
        assertThat(users.row("n", 2)).containsExactly("3000000000");
    }

    @Test
    void suchAValueCannotSlipInBehindTheRollbacksOwnCheck() {
        PlanRunner runner = widen();
        runner.undoThrough(Phase.CONTRACT, "refuse what the retired shape can't hold");
        assertThatThrownBy(() -> database.execute("INSERT INTO users (id, n) VALUES (2, 3000000000)"))
                .isInstanceOfSatisfying(
                        SqlFailure.class, e -> assertThat(e.sqlState()).isEqualTo("23514"));
        database.execute("INSERT INTO users (id, n) VALUES (3, 3)");
    }
}
