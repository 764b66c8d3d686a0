package dev.migrator.pg.execute;

import static dev.migrator.pg.execute.ExecutionSite.USERS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.engine.ErrorClass;
import dev.migrator.engine.StepFailure;
import dev.migrator.engine.StepStatus;
import dev.migrator.plan.Action;
import dev.migrator.plan.Step;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rows that an UPDATE leaves as they are, or has to wait for: a backfill neither goes round for ever nor leaves them silently. */
@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RowsLeftBehindTest {
    private static final Duration SOON = Duration.ofSeconds(5);

    private static Step filling(String assignments, String pending) {
        return ExecutionSite.step(1, new Action.Backfill(USERS, assignments, pending), new Action.Nothing());
    }

    private static void fails(ExecutionSite site, Step fill, String... words) {
        assertThatThrownBy(() -> site.executor(ExecutionSite.settings().withLockDeadline(SOON))
                        .run(site.lease, fill, site.control()))
                .isInstanceOfSatisfying(StepFailure.class, failure -> {
                    assertThat(failure.errorClass()).isEqualTo(ErrorClass.PERMANENT);
                    assertThat(failure).hasMessageContainingAll(words);
                });
    }

    @Test
    void aRowForWhichFillGivesNullIsRecordedAndNotFilledAgainAndAgain() {
        Step fill = filling("\"kind\" = (NULLIF(\"users\".\"name\", 'n7'))", "\"kind\" IS NULL");
        try (ExecutionSite site = ExecutionSite.of(fill)) {
            site.db.execute(
                    "CREATE DOMAIN kind AS text",
                    "CREATE TABLE users (id int PRIMARY KEY, name text, kind kind)",
                    "INSERT INTO users SELECT g, 'n' || g FROM generate_series(1, 100) AS g");
            fails(
                    site,
                    fill,
                    "1 row could not be filled",
                    "99 rows are filled",
                    "id=7 (23502: \"kind\" IS NULL still holds after the UPDATE: `fill` gives NULL for this row");

            site.db.execute("UPDATE users SET name = 'a name' WHERE id = 7");
            site.executor().run(site.lease, fill, site.control());
            assertThat(site.status(1)).isEqualTo(StepStatus.DONE);
        }
    }
}
