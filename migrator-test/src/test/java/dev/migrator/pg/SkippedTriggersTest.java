package dev.migrator.pg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.migrator.BackfillSettings;
import dev.migrator.BackfillSettings.UserTriggers;
import dev.migrator.Migration;
import dev.migrator.MigrationBuilder;
import dev.migrator.MigrationFiles;
import dev.migrator.Phase;
import dev.migrator.engine.Outcome;
import dev.migrator.engine.PlanRefusedException;
import dev.migrator.plan.Finding;
import dev.migrator.plan.Plan;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The choice to leave the table's own triggers out of the backfill. */
class SkippedTriggersTest {
    private static final String ID = "0001_name";

    private TestDatabase database;

    @BeforeEach
    void createDatabase() {
        database = Databases.withStateTables();
        database.execute(
                "CREATE TABLE towns (id int PRIMARY KEY)",
                "INSERT INTO towns SELECT generate_series(1, 7)",
                "CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL, town int REFERENCES towns,"
                        + " updated_at int NOT NULL DEFAULT 0, twice int GENERATED ALWAYS AS (id * 2) STORED,"
                        + " note text, UNIQUE (note) DEFERRABLE)",
                "INSERT INTO users SELECT g, 'name ' || g, g % 7 + 1 FROM generate_series(1, 3000) g",
                "CREATE TABLE log (trigger text, id int)",
                function("touch", "NEW.updated_at := NEW.updated_at + 1; RETURN NEW;"),
                function("audit", "INSERT INTO log VALUES (TG_NAME, NEW.id); RETURN NULL;"),
                function("batch", "INSERT INTO log VALUES (TG_NAME, 0); RETURN NULL;"),
                "CREATE TRIGGER touch BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch()",
                "CREATE TRIGGER audit AFTER UPDATE ON users FOR EACH ROW EXECUTE FUNCTION audit()",
                "CREATE TRIGGER batch AFTER UPDATE ON users FOR EACH STATEMENT EXECUTE FUNCTION batch()");
    }

    private static String function(String name, String body) {
        return "CREATE FUNCTION " + name + "() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN " + body + " END $$";
    }

    @AfterEach
    void dropDatabase() {
        if (grantable()) {
            database.executeAsSuperuser("REVOKE SET ON PARAMETER session_replication_role FROM " + database.user());
        }
        database.close();
    }

    private static boolean grantable() {
        return PostgresServer.shared().majorVersion() >= 15;
    }

    private void grant() {
        assumeTrue(grantable(), "before 15 only a superuser may leave out triggers");
        database.executeAsSuperuser("GRANT SET ON PARAMETER session_replication_role TO " + database.user());
    }

    private PostgresMigrator migrator(MigrationBuilder migration, UserTriggers choice) {
        Migration made = migration
                .gates(Phase.CONTRACT)
                .backfill(BackfillSettings.defaults().withUserTriggers(choice))
                .build();
        return PostgresMigrator.builder(database.pool())
                .migrations(List.of(made))
                .build();
    }

    private static MigrationBuilder upper() {
        return Migration.builder(ID).changeType("users", "name", "text", change -> change.to("full_name")
                .up("upper(name)")
                .down("lower(full_name)"));
    }

    private static void arrives(PostgresMigrator migrator, Phase to) {
        assertThat(migrator.migrate(to, ID).get(0).outcome()).isInstanceOf(Outcome.Arrived.class);
    }

    private List<String> logged() {
        return database.queryStrings("SELECT DISTINCT trigger FROM log ORDER BY 1");
    }

    private static List<String> findings(Plan plan, Finding.Severity severity) {
        return plan.findings().stream()
                .filter(finding -> finding.severity() == severity)
                .map(Finding::toString)
                .toList();
    }

    @Test
    void noneOfThemFiresForTheBackfillAndEveryRowIsFilled() {
        grant();
        PostgresMigrator migrator = migrator(upper(), UserTriggers.SKIP);
        assertThat(findings(migrator.plan(ID).get(0), Finding.Severity.NOTE)).anySatisfy(note -> assertThat(note)
                .contains("without these triggers", "\"touch\"", "\"audit\"", "\"batch\""));
        arrives(migrator, Phase.BACKFILL);
        assertThat(logged()).isEmpty();
        assertThat(database.queryLong("SELECT count(*) FROM users WHERE updated_at <> 0 OR twice <> id * 2"
                        + " OR full_name IS DISTINCT FROM upper(name)"))
                .isZero();

        // They are left out there only: the application's own writes fire them as ever.
        database.execute("UPDATE users SET name = 'other' WHERE id = 1");
        assertThat(logged()).containsExactly("audit", "batch");
        assertThat(database.queryString("SELECT full_name || updated_at FROM users WHERE id = 1"))
                .isEqualTo("OTHER1");
        arrives(migrator, Phase.CONTRACT);
    }

    @Test
    void leftAloneTheyFire() {
        PostgresMigrator migrator = migrator(upper(), UserTriggers.FIRE);
        assertThat(findings(migrator.plan(ID).get(0), Finding.Severity.WARNING))
                .anySatisfy(warning -> assertThat(warning).contains("userTriggers: skip"));
        arrives(migrator, Phase.BACKFILL);
        assertThat(logged()).containsExactly("audit", "batch");
        assertThat(database.queryLong("SELECT count(*) FROM users WHERE updated_at <> 1"))
                .isZero();
    }

    @Test
    void thoseThatFireAlwaysOrOnReplicasAreNamedAndFire() {
        grant();
        database.execute(
                "ALTER TABLE users ENABLE ALWAYS TRIGGER audit", "ALTER TABLE users ENABLE REPLICA TRIGGER batch");
        PostgresMigrator migrator = migrator(upper(), UserTriggers.SKIP);
        assertThat(findings(migrator.plan(ID).get(0), Finding.Severity.WARNING))
                .anySatisfy(warning -> assertThat(warning)
                        .contains("fire for it all the same", "\"audit\"", "\"batch\"")
                        .doesNotContain("\"touch\""));
        arrives(migrator, Phase.BACKFILL);
        assertThat(logged()).containsExactly("audit", "batch");
        assertThat(database.queryLong("SELECT sum(updated_at) FROM users")).isZero();
    }

    @Test
    void aRoleWithoutTheRightIsRefusedForWhatTheApplicationComputes() {
        Migration seal = MigrationFiles.parse(
                ID,
                ID + ".yaml",
                """
                operations:
                  - addColumn: { table: users, column: seal, type: text, transform: sealed, inputs: [name] }
                backfill: { userTriggers: skip }
                """);
        PostgresMigrator migrator = PostgresMigrator.builder(database.pool())
                .migrations(List.of(seal))
                .build();
        assertThatThrownBy(() -> migrator.plan(ID))
                .isInstanceOf(PlanRefusedException.class)
                .hasMessageContaining("may not set session_replication_role");
    }

    @Test
    void aRoleWithoutTheRightIsRefusedWithTheGrantToRun() {
        assertThatThrownBy(() -> migrator(upper(), UserTriggers.SKIP).plan(ID))
                .isInstanceOf(PlanRefusedException.class)
                .hasMessageContainingAll("may not set session_replication_role", "userTriggers: fire")
                .hasMessageContaining(
                        grantable()
                                ? "GRANT SET ON PARAMETER session_replication_role TO \"" + database.user() + "\""
                                : "only a superuser");
    }

    @Test
    void aFillOfAColumnThatTriggersOfPostgresCheckIsRefused() {
        grant();
        for (String column : List.of("town", "note")) {
            MigrationBuilder fill = Migration.builder(ID).setNotNull("users", column, "'99'");
            assertThatThrownBy(() -> migrator(fill, UserTriggers.SKIP).plan(ID))
                    .isInstanceOf(PlanRefusedException.class)
                    .hasMessageContaining("would not check \"users_" + column);
        }
    }

    @Test
    void theChoiceIsRecordedAndCanNotChangeUnderWay() {
        grant();
        arrives(migrator(upper(), UserTriggers.SKIP), Phase.EXPAND);
        assertThat(migrator(upper(), UserTriggers.FIRE)
                        .migrate(Phase.BACKFILL, ID)
                        .get(0)
                        .outcome())
                .isInstanceOfSatisfying(Outcome.Failed.class, failed -> assertThat(failed.message())
                        .contains("backfill.userTriggers: removed, was skip"));
        try (BackfillHelper helper =
                PostgresMigrator.builder(database.dataSource()).build().helpWithBackfills(1)) {
            arrives(migrator(upper(), UserTriggers.SKIP), Phase.BACKFILL);
            assertThat(helper.rows()).isNotNegative();
        }
        assertThat(logged()).isEmpty();
    }
}
