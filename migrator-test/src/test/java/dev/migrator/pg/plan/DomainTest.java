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

/** Domains that give or refuse values by themselves, without telling a trigger, are refused with what to do. */
class DomainTest {
    private TestDatabase database;

    @BeforeEach
    void createDatabase() {
        database = Databases.withStateTables();
        database.execute(
                "CREATE DOMAIN never_null AS text NOT NULL",
                "CREATE DOMAIN checked AS text CHECK (value <> '' AND value IS NOT NULL)",
                "CREATE DOMAIN short AS text CHECK (length(value) < 20)",
                "CREATE DOMAIN given AS text DEFAULT 'x'",
                "CREATE TABLE users (id int PRIMARY KEY, a never_null DEFAULT 'a', b checked DEFAULT 'b', c short,"
                        + " d given, e given DEFAULT 'y', f text)",
                "INSERT INTO users (id) VALUES (1)");
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    @Test
    void oneThatRefusesNullIsRefused() {
        refused("changeType: { table: users, column: a, type: text, to: label }", "which refuses NULL");
        refused("changeType: { table: users, column: b, type: text }", "which refuses NULL");
        refused("dropColumn: { table: users, column: a, down: \"'x'\" }", "which refuses NULL");
    }

    @Test
    void oneWithADefaultOfItsOwnIsRefused() {
        refused("changeType: { table: users, column: d, type: text, to: label }", "whose default can't be told");
        refused("changeType: { table: users, column: f, type: given, to: label }", "is a domain with a default");
    }

    private void refused(String operation, String message) {
        Users users = new Users(database);
        assertThatThrownBy(() -> users.plan("- " + operation + "\n"))
                .isInstanceOf(PlanRefusedException.class)
                .hasMessageContaining(message);
    }

    @Test
    void othersAreCarriedOver() {
        database.execute("ALTER TABLE users DROP COLUMN a, DROP COLUMN b");
        PlanRunner runner = new Users(database)
                .plan(
                        """
                        - changeType: { table: users, column: c, type: text, to: label }
                        - changeType: { table: users, column: e, type: text, to: name }
                        """)
                .through(Phase.BACKFILL);
        database.execute(
                "INSERT INTO users (id, label, name) VALUES (2, 'new', 'new')",
                "INSERT INTO users (id, c) VALUES (3, 'old')");
        assertThat(runner.violations(Phase.VALIDATE)).isEmpty();
        assertThat(database.queryRows("SELECT c, label, e, name FROM users ORDER BY id"))
                .containsExactly(
                        List.of("<null>", "<null>", "y", "y"),
                        List.of("new", "new", "new", "new"),
                        List.of("old", "old", "y", "y"));
    }
}
