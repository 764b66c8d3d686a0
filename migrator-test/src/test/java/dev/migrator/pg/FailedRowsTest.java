package dev.migrator.pg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.BackfillSettings;
import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.Status;
import dev.migrator.engine.Outcome;
import dev.migrator.engine.StepFailure;
import dev.migrator.test.BackgroundSession;
import dev.migrator.test.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows that the backfill can't fill, as a person meets them: listed, mended, tried again alone. */
class FailedRowsTest {
    private static final String ID = "0001_number";

    private TestDatabase database;

    @BeforeEach
    void createDatabase() {
        database = Databases.withStateTables();
        database.execute(
                numberOf("code::int"),
                "CREATE TABLE users (id int PRIMARY KEY, code text)",
                "INSERT INTO users SELECT g, CASE WHEN g % 100 = 50 THEN 'secret' || g ELSE g::text END"
                        + " FROM generate_series(1, 300) g");
    }

    private static String numberOf(String code) {
        return "CREATE OR REPLACE FUNCTION number_of(code text) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT " + code
                + " $$";
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    private static Migration migration(UnaryOperator<BackfillSettings> settings) {
        return Migration.builder(ID)
                .changeType("users", "code", "int", change -> change.to("number")
                        .up("public.number_of(code)")
                        .down("number::text"))
                .gates(Phase.CONTRACT)
                .backfill(settings.apply(BackfillSettings.defaults()))
                .build();
    }

    private PostgresMigrator migrator(UnaryOperator<BackfillSettings> settings) {
        return PostgresMigrator.builder(database.pool())
                .migrations(List.of(migration(settings)))
                .leaseWait(Duration.ofSeconds(1))
                .build();
    }

    private PostgresMigrator migrator() {
        return migrator(settings -> settings);
    }

    private static String fails(PostgresMigrator migrator, Phase to) {
        Outcome outcome = migrator.migrate(to, ID).get(0).outcome();
        assertThat(outcome).isInstanceOf(Outcome.Failed.class);
        Outcome.Failed failed = (Outcome.Failed) outcome;
        assertThat(failed.position().phase()).isEqualTo(Phase.BACKFILL);
        return failed.message();
    }

    private static List<String> keys(List<FailedRow> rows) {
        return rows.stream().map(FailedRow::key).toList();
    }

    private void arrives(PostgresMigrator migrator) {
        assertThat(migrator.migrate(Phase.CONTRACT, ID).get(0).outcome()).isInstanceOf(Outcome.Arrived.class);
        assertThat(database.queryLong("SELECT count(*) FROM users WHERE number IS DISTINCT FROM id AND id <> 150"))
                .isZero();
        assertThat(migrator.failedRows(ID)).isEmpty();
    }

    @Test
    void theyKeepLaterPhasesShutAreListedAndAreMendedOneByOne() {
        PostgresMigrator migrator = migrator();
        assertThat(fails(migrator, Phase.VALIDATE))
                .contains("3 rows could not be filled", "id=50", "id=150", "id=250", "migrator failed " + ID)
                .doesNotContain("secret");
        assertThat(fails(migrator, Phase.CONTRACT)).contains("id=50", "id=150", "id=250");
        assertThat(keys(migrator.failedRows(ID))).containsExactly("id=50", "id=150", "id=250");

        // The application repairs one itself, which the sync trigger sees, and deletes another one.
        database.execute("UPDATE users SET code = '50' WHERE id = 50", "DELETE FROM users WHERE id = 150");
        RetryResult first = migrator.retry(ID);
        assertThat(first.mended()).isEqualTo(2);
        assertThat(keys(first.failing())).containsExactly("id=250");
        assertThat(first.failing().get(0).message())
                .contains("invalid input syntax")
                .doesNotContain("secret");
        assertThat(migrator.status(ID).get(0).position().phase()).isEqualTo(Phase.BACKFILL);

        // What the row is computed by is mended: the row itself is as it was, and the retry fills it.
        database.execute(numberOf("regexp_replace(code, '[^0-9]', '', 'g')::int"));
        assertThat(migrator.retry(ID)).isEqualTo(new RetryResult(1, List.of(), false));
        assertThat(database.queryLong("SELECT number FROM users WHERE id = 250"))
                .isEqualTo(250);
        arrives(migrator);
    }

    @Test
    void whatTheApplicationMendsGoesFromTheRecordByTheNextRun() {
        PostgresMigrator migrator = migrator();
        fails(migrator, Phase.VALIDATE);
        database.execute("UPDATE users SET code = id::text WHERE id IN (50, 250)", "DELETE FROM users WHERE id = 150");
        arrives(migrator);
    }

    @Test
    void whatIsWrittenWrongAgainKeepsValidateShutByTheMarkAndIsNamed() {
        PostgresMigrator migrator = migrator();
        fails(migrator, Phase.VALIDATE);
        database.execute("UPDATE users SET code = id || '!' WHERE code LIKE 'secret%'");
        assertThat(migrator.retry(ID)).isEqualTo(new RetryResult(3, List.of(), false));
        Outcome outcome = migrator.migrate(Phase.CONTRACT, ID).get(0).outcome();
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Failed.class, failed -> {
            assertThat(failed.position().phase()).isEqualTo(Phase.VALIDATE);
            assertThat(failed.message()).contains("id=50", "id=150", "id=250");
        });
    }

    @Test
    void aRetryTriesNothingElseAndWaitsForARowThatSomebodyHolds() {
        PostgresMigrator migrator = migrator(settings -> settings.withFailedRows(0));
        assertThat(fails(migrator, Phase.VALIDATE)).contains("more rows than the 0 that may be passed over");
        long pending = pending();
        assertThat(pending).isGreaterThan(1);
        List<String> failed = keys(migrator.failedRows(ID));
        assertThat(failed).hasSize(1);
        String row = failed.get(0).replace("id=", "id = ");
        try (BackgroundSession holder =
                BackgroundSession.holding(database, "BEGIN; SELECT FROM users WHERE " + row + " FOR UPDATE")) {
            database.execute(numberOf("regexp_replace(code, '[^0-9]', '', 'g')::int"));
            CompletableFuture<Void> released = holder.start("SELECT pg_sleep(0.5); COMMIT");
            assertThat(migrator.retry(ID)).isEqualTo(new RetryResult(1, List.of(), false));
            released.join();
        }
        assertThat(pending()).isEqualTo(pending - 1);
    }

    private long pending() {
        return database.queryLong("SELECT count(*) FROM users WHERE number IS NULL");
    }

    @Test
    void theBudgetAndTheValuesAreSettingsThatMayChangeUnderWay() {
        assertThat(fails(migrator(settings -> settings.withFailedRows(1)), Phase.VALIDATE))
                .contains("more rows than the 1 that may be passed over");
        assertThat(fails(migrator(settings -> settings.withFailedRows(3)), Phase.VALIDATE))
                .contains("3 rows could not be filled and were passed over");
        assertThat(migrator(settings -> settings.withShowValues(true)).retry(ID).failing())
                .extracting(FailedRow::message)
                .allSatisfy(message -> assertThat(message).contains("\"secret"));
        assertThat(migrator().retry(ID).failing())
                .extracting(FailedRow::message)
                .allSatisfy(message -> assertThat(message).doesNotContain("secret"));
    }

    @Test
    void aRetryAfterARewriteSaysThatPlacesHaveChanged() {
        PostgresMigrator migrator = migrator();
        fails(migrator, Phase.VALIDATE);
        database.execute("DELETE FROM users WHERE id < 40", "VACUUM FULL users");
        RetryResult result = migrator.retry(ID);
        assertThat(result.rewritten()).isTrue();
        assertThat(result.mended()).isZero();
        assertThat(keys(result.failing())).containsExactly("id=50", "id=150", "id=250");
        assertThat(fails(migrator, Phase.VALIDATE)).contains("3 rows could not be filled");
    }

    @Test
    void aRetryNeedsAMigrationThatIsAtItsBackfill() {
        PostgresMigrator migrator = migrator();
        assertThatThrownBy(() -> migrator.retry(ID))
                .isInstanceOf(StepFailure.class)
                .hasMessageContaining("has not started");
        fails(migrator, Phase.VALIDATE);
        migrator.pause(ID);
        assertThatThrownBy(() -> migrator.retry(ID))
                .isInstanceOf(StepFailure.class)
                .hasMessageContaining("is paused: resume it first");
        migrator.resume(ID);
        database.execute("UPDATE migrator.control SET owner = 'other', expires_at = now() + interval '1 hour'");
        assertThatThrownBy(() -> migrator.retry(ID))
                .isInstanceOf(StepFailure.class)
                .hasMessageContainingAll("another engine is at work: other", "No row was tried");
        database.execute("UPDATE migrator.control SET expires_at = now()");
        assertThat(migrator.status(ID).get(0).position().status()).isEqualTo(Status.FAILED);
        assertThat(migrator.rollback(ID, Optional.empty())).isInstanceOf(Outcome.Arrived.class);
        assertThatThrownBy(() -> migrator.retry(ID)).hasMessageContaining("on its way back");
        assertThat(migrator.failedRows(ID)).isEmpty();
    }
}
