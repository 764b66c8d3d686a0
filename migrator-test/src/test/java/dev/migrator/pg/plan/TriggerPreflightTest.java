package dev.migrator.pg.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.MigrationFiles;
import dev.migrator.pg.Databases;
import dev.migrator.plan.Finding;
import dev.migrator.test.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The backfill's updates fire the application's own triggers; the plan names them. */
class TriggerPreflightTest {
    private TestDatabase database;

    @BeforeEach
    void createDatabase() {
        database = Databases.withStateTables();
        database.execute(
                "CREATE TABLE users (id int PRIMARY KEY, name text, mail text)",
                "INSERT INTO users SELECT g, 'N' || g FROM generate_series(1, 3000) g",
                "ANALYZE users",
                "CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'");
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    private void trigger(String name, String when, String how) {
        database.execute("CREATE TRIGGER \"" + name.replace("\"", "\"\"") + "\" " + when + " ON users " + how
                + " EXECUTE FUNCTION audit()");
    }

    private List<Finding> findings(String operation) {
        String text = "operations:\n  - " + operation + "\n";
        return new PlanRunner(database, MigrationFiles.parse("0001_test", "0001_test.yaml", text))
                .plan()
                .findings();
    }

    private List<Finding> ofRename() {
        return findings("renameColumn: { table: users, column: name, to: full_name }");
    }

    private List<Finding> ofFill() {
        return findings("setNotNull: { table: users, column: mail, fill: \"'none'\" }").stream()
                .filter(finding -> finding.message().contains("trigger"))
                .toList();
    }

    @Test
    void aRowTriggerThatFiresOncePerRowIsAWarning() {
        trigger("before \"it", "BEFORE INSERT OR UPDATE", "FOR EACH ROW");
        trigger("outbox", "AFTER UPDATE", "FOR EACH ROW");
        assertThat(ofRename()).satisfiesExactly(warning -> {
            assertThat(warning.severity()).isEqualTo(Finding.Severity.WARNING);
            assertThat(warning.message())
                    .contains(
                            "\"before \"\"it\", \"outbox\"",
                            "about 3,000 rows of \"public\".\"users\"",
                            "once for each row");
            assertThat(warning.remedy()).contains("WHEN (");
        });
    }

    @Test
    void aTriggerThatDoesNotFireIsNotNamed() {
        trigger("off", "BEFORE UPDATE", "FOR EACH ROW");
        trigger("of", "BEFORE UPDATE OF mail", "FOR EACH ROW");
        trigger("insert", "AFTER INSERT OR DELETE", "FOR EACH ROW");
        trigger("replica", "AFTER UPDATE", "FOR EACH ROW");
        database.execute("ALTER TABLE users DISABLE TRIGGER off", "ALTER TABLE users ENABLE REPLICA TRIGGER replica");
        assertThat(ofRename()).isEmpty();
    }

    @Test
    void aTriggerOfTheColumnThatIsFilledFires() {
        trigger("of mail", "AFTER UPDATE OF mail", "FOR EACH ROW");
        trigger("of name", "AFTER UPDATE OF name", "FOR EACH ROW");
        assertThat(ofFill()).singleElement().satisfies(warning -> {
            assertThat(warning.severity()).isEqualTo(Finding.Severity.WARNING);
            assertThat(warning.message()).contains("\"of mail\"").doesNotContain("\"of name\"");
        });
    }

    @Test
    void oneWithAConditionAndOneOfTheStatementAreNotes() {
        trigger("careful", "AFTER UPDATE", "FOR EACH ROW WHEN (OLD.mail IS DISTINCT FROM NEW.mail)");
        trigger("statement", "AFTER UPDATE", "FOR EACH STATEMENT");
        assertThat(ofRename())
                .allSatisfy(finding -> assertThat(finding.severity()).isEqualTo(Finding.Severity.NOTE))
                .extracting(Finding::message)
                .satisfiesExactly(
                        careful -> assertThat(careful).contains("\"careful\"", "WHEN"),
                        statement -> assertThat(statement).contains("\"statement\"", "once for each batch"));
    }
}
