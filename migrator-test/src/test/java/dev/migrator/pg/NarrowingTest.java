package dev.migrator.pg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Migration;
import dev.migrator.MigrationFiles;
import dev.migrator.Phase;
import dev.migrator.engine.Outcome;
import dev.migrator.plan.Finding;
import dev.migrator.test.BackgroundSession;
import dev.migrator.test.FaultPlan;
import dev.migrator.test.FaultyDataSource;
import dev.migrator.test.TestDatabase;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A rule that rows break is told before it is in force, and is never left in force over such rows. */
class NarrowingTest {
    private static final Migration NOT_NULL =
            Migration.builder("0001_mail").setNotNull("users", "mail").build();
    private static final Migration KEY = Migration.builder("0001_key")
            .addForeignKey("orders", "orders_user", List.of("user_id"), "users", List.of("id"))
            .build();
    private static final Migration NUMBER = Migration.builder("0001_number")
            .changeType("users", "mail", "int", change -> change.to("number").up("mail::int"))
            .gates(Phase.CONTRACT)
            .build();

    private TestDatabase database;

    @BeforeEach
    void createDatabase() {
        database = Databases.withStateTables();
        database.execute(
                "CREATE TABLE users (id int PRIMARY KEY, mail text, seen int)",
                "INSERT INTO users SELECT g, g::text FROM generate_series(1, 5) g",
                "CREATE TABLE orders (id int PRIMARY KEY, user_id int)",
                "INSERT INTO orders VALUES (1, 1), (2, NULL)");
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    private PostgresMigrator migrator(DataSource source, Migration migration) {
        return PostgresMigrator.builder(source).migrations(List.of(migration)).build();
    }

    private PostgresMigrator migrator(Migration migration) {
        return migrator(database.dataSource(), migration);
    }

    /** A row comes in just before the first of these statements runs. */
    private FaultyDataSource before(String statement, String row) {
        return FaultyDataSource.over(
                database.dataSource(),
                FaultPlan.onStatement(1, () -> database.execute(row)),
                sql -> runs(sql, statement));
    }

    /** Runs it under its locks, and does not just record it. */
    private static boolean runs(String message, String statement) {
        return message.contains("LOCK TABLE") && message.contains(statement);
    }

    private static String failure(PostgresMigrator migrator) {
        Outcome outcome = migrator.migrate().get(0).outcome();
        assertThat(outcome).isInstanceOf(Outcome.Failed.class);
        return ((Outcome.Failed) outcome).message();
    }

    private static List<Finding> warnings(PostgresMigrator migrator) {
        return migrator.plan().get(0).findings().stream()
                .filter(finding -> finding.severity() == Finding.Severity.WARNING)
                .toList();
    }

    private List<String> notValid() {
        return database.queryStrings("SELECT conname FROM pg_constraint WHERE NOT convalidated");
    }

    private void arrives(Migration migration) {
        assertThat(migrator(migration).migrate(Phase.VALIDATE).get(0).outcome()).isInstanceOf(Outcome.Arrived.class);
        assertThat(notValid()).isEmpty();
    }

    @Test
    void nullsAreWarnedOfAndNamedBeforeNullIsRefused() {
        database.execute("UPDATE users SET mail = NULL WHERE id IN (2, 3)");
        PostgresMigrator migrator = migrator(NOT_NULL);
        assertThat(warnings(migrator)).singleElement().satisfies(warning -> {
            assertThat(warning.at()).isEqualTo("operations[0].setNotNull.column");
            assertThat(warning.message()).contains("\"mail\" is NULL", "id=2");
            assertThat(warning.remedy()).contains("until VALIDATE", "`fill`");
        });
        assertThat(failure(migrator))
                .contains("0001_mail", "VALIDATE", "\"mail\" is NULL: 2 rows, the first: id=2; id=3", "`fill`");
        assertThat(notValid()).isEmpty();
        database.execute("UPDATE users SET seen = 1");
        database.execute("UPDATE users SET mail = 'x' WHERE mail IS NULL");
        assertThat(warnings(migrator(NOT_NULL))).isEmpty();
        arrives(NOT_NULL);
    }

    @Test
    void rowsForWhichFillGivesNullAreWarnedOfAndRecorded() {
        Migration migration = MigrationFiles.parse(
                "0001_mail",
                "0001_mail.yaml",
                """
                operations:
                  - setNotNull: { table: users, column: mail, fill: "seen" }
                """);
        database.execute(
                "UPDATE users SET mail = NULL WHERE id IN (2, 3)", "UPDATE users SET seen = 1 WHERE id IN (1, 2)");
        PostgresMigrator migrator = migrator(migration);
        assertThat(warnings(migrator)).singleElement().satisfies(warning -> {
            assertThat(warning.at()).endsWith("operations[0].setNotNull.fill");
            assertThat(warning.message()).contains("\"mail\" is NULL and `fill` gives NULL, e.g. id=3.");
            assertThat(warning.remedy()).contains("The backfill lists them as failed");
        });
        assertThat(failure(migrator)).contains("1 row could not be filled", "id=3 (23502: ", "`fill` gives NULL");
        database.execute("INSERT INTO users VALUES (9, NULL, NULL)", "UPDATE users SET seen = 2 WHERE id IN (3, 9)");
        arrives(migration);
        assertThat(database.queryStrings("SELECT mail FROM users WHERE id IN (2, 3, 9) ORDER BY id"))
                .containsExactly("1", "2", "2");
    }

    @Test
    void aNullThatSlipsInBehindTheLookIsNamedAndNothingStaysInForce() {
        FaultyDataSource source = before("ADD CONSTRAINT", "INSERT INTO users VALUES (9, NULL)");
        assertThat(failure(migrator(source, NOT_NULL)))
                .contains("taken back at once: step 2", "\"mail\" is NULL: 1 row, the first: id=9");
        assertThat(source.fired()).isTrue();
        assertThat(notValid()).isEmpty();
        database.execute("UPDATE users SET seen = 1", "UPDATE users SET mail = 'x' WHERE id = 9");
        arrives(NOT_NULL);
    }

    @Test
    void aRuleThatCanNotBeTakenBackIsSaidToBeInForce() {
        try (BackgroundSession reader = BackgroundSession.holding(database, "SET application_name = 'billing'")) {
            FaultyDataSource source = FaultyDataSource.over(
                    before("ADD CONSTRAINT", "INSERT INTO users VALUES (9, NULL)"),
                    FaultPlan.onStatement(1, () -> reader.execute("BEGIN; SELECT * FROM users")),
                    sql -> runs(sql, "VALIDATE CONSTRAINT"));
            PostgresMigrator impatient = PostgresMigrator.builder(source)
                    .migrations(List.of(NOT_NULL))
                    .lockDeadline(Duration.ofSeconds(1))
                    .build();
            assertThat(failure(impatient))
                    .contains("Still in force: step 2 (refuse NULL in new rows of users.mail)")
                    .contains("pid " + reader.pid(), "Mend the rows, then run migrate again; or roll back.");
        }
        assertThat(notValid()).hasSize(1);
        assertThat(failure(migrator(NOT_NULL))).contains("taken back at once: step 2", "id=9");
        assertThat(notValid()).isEmpty();
    }

    @Test
    void rowsWithoutParentAreWarnedOfAndNamedBeforeTheKeyIsAdded() {
        database.execute("INSERT INTO orders VALUES (7, 70), (8, 80)");
        PostgresMigrator migrator = migrator(KEY);
        assertThat(warnings(migrator)).extracting(Finding::message).anySatisfy(message -> assertThat(message)
                .contains("refers to a row of \"public\".\"users\" that is not there", "id=7"));
        assertThat(failure(migrator)).contains("that is not there: 2 rows, the first: id=7; id=8");
        assertThat(notValid()).isEmpty();
        database.execute("UPDATE orders SET user_id = 1 WHERE id = 7", "DELETE FROM orders WHERE id = 8");
        arrives(KEY);
    }

    @Test
    void anOrphanThatSlipsInBehindTheLookIsNamedAndNothingStaysInForce() {
        FaultyDataSource source = before("ADD CONSTRAINT", "INSERT INTO orders VALUES (9, 90)");
        assertThat(failure(migrator(source, KEY)))
                .contains("taken back at once: step 2", "that is not there: 1 row, the first: id=9");
        assertThat(notValid()).isEmpty();
        database.execute("UPDATE orders SET user_id = 1 WHERE id = 9");
        arrives(KEY);
    }

    @Test
    void aProofThatFailsInContractDoesNotStayInForceEither() {
        migrator(NUMBER).migrate(Phase.VALIDATE);
        database.execute("INSERT INTO users VALUES (9, 'none')");
        assertThat(failure(migrator(NUMBER)))
                .contains(
                        "CONTRACT",
                        "taken back at once: step 5",
                        "up can't be computed for mail → number: 1 row, the first: id=9");
        assertThat(notValid()).isEmpty();
        database.execute("UPDATE users SET seen = 1 WHERE id = 9", "UPDATE users SET mail = '9' WHERE id = 9");
        assertThat(migrator(NUMBER).migrate(Phase.CONTRACT).get(0).outcome()).isInstanceOf(Outcome.Arrived.class);
    }
}
