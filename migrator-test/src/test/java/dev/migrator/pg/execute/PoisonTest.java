package dev.migrator.pg.execute;

import static dev.migrator.pg.execute.ExecutionSite.USERS;
import static dev.migrator.pg.execute.ExecutionSite.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.engine.ErrorClass;
import dev.migrator.engine.StepFailure;
import dev.migrator.engine.StepStatus;
import dev.migrator.pg.internal.transact.ExecutorSettings;
import dev.migrator.plan.Action;
import dev.migrator.plan.Step;
import dev.migrator.test.FaultPlan;
import dev.migrator.test.FaultyDataSource;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rows that the expression can't be computed of. */
class PoisonTest {
    private static final Step FILL = ExecutionSite.step(
            1, new Action.Backfill(USERS, "number = \"name\"::int, pending = false", "pending"), new Action.Nothing());

    private static ExecutionSite site(int rows, String poisoned) {
        return site(rows, poisoned, "id int PRIMARY KEY, name text");
    }

    private static ExecutionSite site(int rows, String poisoned, String columns) {
        ExecutionSite site = ExecutionSite.of(FILL);
        site.db.execute(
                "CREATE TABLE users (" + columns + ", number int, pending boolean NOT NULL DEFAULT true)",
                "INSERT INTO users (id, name) SELECT g, CASE WHEN " + poisoned + " THEN 'secret' || g ELSE g::text END"
                        + " FROM generate_series(1, " + rows + ") AS g");
        return site;
    }

    private static StepFailure fails(ExecutionSite site, ExecutorSettings settings) {
        try {
            site.executor(settings).run(site.lease, FILL, site.control());
        } catch (StepFailure failure) {
            assertThat(failure.errorClass()).isEqualTo(ErrorClass.PERMANENT);
            return failure;
        }
        throw new AssertionError("it did not fail");
    }

    @Test
    void aRowThatCanNotBeFilledIsFoundRecordedAndPassedOver() {
        try (ExecutionSite site = site(5000, "g IN (17, 2500)")) {
            StepFailure failure = fails(site, settings());

            assertThat(failure)
                    .hasMessageContaining("2 rows could not be filled")
                    .hasMessageContaining("4998 rows are filled")
                    .hasMessageContaining("id=17 (22P02: invalid input syntax for type integer)")
                    .hasMessageContaining("id=2500")
                    .hasMessageNotContaining("secret");
            assertThat(site.db.queryStrings("SELECT id FROM users WHERE pending ORDER BY id"))
                    .containsExactly("17", "2500");
            assertThat(site.db.queryStrings("SELECT row_key FROM migrator.failed_row ORDER BY 1"))
                    .containsExactly("id=17", "id=2500");
            assertThat(site.db.queryString("SELECT sum(failed) FROM migrator.backfill_chunk"))
                    .isEqualTo("2");
            assertThat(site.status(1)).isEqualTo(StepStatus.RUNNING);
        }
    }

    @Test
    void whenTheRowsAreMendedTheNextRunFillsThem() {
        try (ExecutionSite site = site(1000, "g IN (17, 600)")) {
            fails(site, settings());
            site.db.execute("UPDATE users SET name = '17' WHERE id = 17");
            assertThat(fails(site, settings())).hasMessageContaining("1 row could not be filled and was passed over");

            site.db.execute("UPDATE users SET name = '600' WHERE id = 600");
            site.executor().run(site.lease, FILL, site.control());
            assertThat(site.status(1)).isEqualTo(StepStatus.DONE);
            assertThat(site.db.queryLong("SELECT count(*) FROM users WHERE pending OR number <> id"))
                    .isZero();
            assertThat(site.db.queryLong("SELECT count(*) FROM migrator.failed_row"))
                    .isZero();
            assertThat(site.db.queryLong("SELECT sum(rows) FROM migrator.backfill_chunk"))
                    .isEqualTo(1000);
        }
    }

    @Test
    void moreOfThemThanAreToleratedStopIt() {
        try (ExecutionSite site = site(1000, "g > 500")) {
            assertThat(fails(site, settings().withFailedRowBudget(10)))
                    .hasMessageContaining("more rows than the 10 that may be passed over");
            assertThat(site.db.queryLong("SELECT count(*) FROM migrator.failed_row"))
                    .isEqualTo(11);
            // Again: what failed is tried first, and it stops at once.
            assertThat(fails(site, settings().withFailedRowBudget(10))).hasMessageContaining("more rows than the 10");
            assertThat(site.db.queryLong("SELECT count(*) FROM migrator.failed_row"))
                    .isEqualTo(11);

            site.db.execute("UPDATE users SET name = id::text");
            site.executor().run(site.lease, FILL, site.control());
            assertThat(site.status(1)).isEqualTo(StepStatus.DONE);
            assertThat(site.db.queryLong("SELECT count(*) FROM users WHERE pending"))
                    .isZero();
        }
    }

    @Test
    void valuesAreShownToWhoeverAsksForThem() {
        try (ExecutionSite site = site(10, "g = 5")) {
            assertThat(fails(site, settings().withShowValues(true))).hasMessageContaining("\"secret5\"");
        }
    }

    @Test
    void aRowWithoutAKeyIsNamedByItsPlace() {
        try (ExecutionSite site = site(10, "g = 5", "id int, name text")) {
            assertThat(fails(site, settings())).hasMessageContaining("the row at (0,5) of public.users (22P02");
        }
    }

    @Test
    void aKeyOfSeveralColumnsIsShownWhole() {
        try (ExecutionSite site = site(10, "g = 5", "id int, name text, PRIMARY KEY (name, id)")) {
            assertThat(fails(site, settings())).hasMessageContaining("name=secret5, id=5 (22P02");
        }
    }

    @Test
    void aRewriteInTheMiddleForgetsTheirPlacesAndFindsThemAgain() {
        try (ExecutionSite site = site(5000, "g IN (17, 4000)")) {
            FaultyDataSource source = FaultyDataSource.over(
                    site.db.dataSource(),
                    FaultPlan.onStatement(
                            25,
                            () -> site.db.execute(
                                    "DELETE FROM users WHERE id BETWEEN 20 AND 3000", "VACUUM FULL users")),
                    sql -> sql.contains("UPDATE ONLY"));
            assertThatThrownBy(() -> site.executor(source, settings()).run(site.lease, FILL, site.control()))
                    .isInstanceOf(StepFailure.class)
                    .hasMessageContaining("2 rows could not be filled");
            assertThat(source.fired()).isTrue();
            assertThat(site.db.queryStrings("SELECT id FROM users WHERE pending ORDER BY id"))
                    .containsExactly("17", "4000");
        }
    }

    @Test
    void anErrorThatIsNotAboutARowStopsAtOnce() {
        Step wrong = ExecutionSite.step(
                1, new Action.Backfill(USERS, "number = nothing(name)", "pending"), new Action.Nothing());
        try (ExecutionSite site = ExecutionSite.of(wrong)) {
            site.db.execute(
                    "CREATE TABLE users (id int, name text, number int, pending boolean DEFAULT true)",
                    "INSERT INTO users (id) VALUES (1)");
            assertThatThrownBy(() -> site.executor().run(site.lease, wrong, site.control()))
                    .isInstanceOfSatisfying(StepFailure.class, failure -> assertThat(failure.sqlState())
                            .isEqualTo("42883"));
            assertThat(site.db.queryLong("SELECT count(*) FROM migrator.failed_row"))
                    .isZero();
        }
    }

    @Test
    void theMessagesOfFunctionsAreNotRepeated() {
        Step raising = ExecutionSite.step(
                1,
                new Action.Backfill(USERS, "number = fussy(name), pending = false", "pending"),
                new Action.Nothing());
        try (ExecutionSite site = ExecutionSite.of(raising)) {
            site.db.execute(
                    "CREATE FUNCTION fussy(x text) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no %', x; END $$",
                    "CREATE TABLE users (id int, name text, number int, pending boolean DEFAULT true)",
                    "INSERT INTO users VALUES (1, 'secret')");
            assertThatThrownBy(() -> site.executor().run(site.lease, raising, site.control()))
                    .isInstanceOf(StepFailure.class)
                    .hasMessageContaining("P0001: a function or trigger raised an error")
                    .hasMessageNotContaining("secret");
            assertThat(List.of(site.status(1))).containsExactly(StepStatus.RUNNING);
        }
    }
}
