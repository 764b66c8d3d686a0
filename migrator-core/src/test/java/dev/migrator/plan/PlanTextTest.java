package dev.migrator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Gate;
import dev.migrator.Identifier;
import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.QualifiedName;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PlanTextTest {
    private static final QualifiedName USERS = QualifiedName.of("public", "users");
    private static final Migration MIGRATION = Migration.builder("0001_users")
            .description("users get a nickname")
            .addColumn("users", "nickname", "text")
            .gates(Phase.CONTRACT, new Gate.Approval(), new Gate.Soak(Duration.ofHours(36)))
            .gates(Phase.PURGE, new Gate.Sql("SELECT true", "the report is not out yet"))
            .build();

    private static Step step(int ordinal, Phase phase, Action action, Action undo) {
        return new Step(
                phase,
                ordinal,
                List.of("operations[0].addColumn"),
                "step " + ordinal,
                action,
                undo,
                phase == Phase.EXPAND ? "SELECT true" : "",
                Set.of(Effect.ADDS),
                List.of(),
                List.of());
    }

    private static Plan plan(List<Step> steps, List<Finding> findings, List<TableEstimate> tables) {
        return new Plan("0001_users", steps, findings, tables, List.of());
    }

    private static Action alter(String statement) {
        return new Action.Transaction(List.of(new TableLock(USERS, LockMode.ACCESS_EXCLUSIVE)), List.of(statement));
    }

    @Test
    void tablesAreShownWithTheirSizeAndSurroundings() {
        String text = PlanText.of(
                MIGRATION,
                plan(
                        List.of(),
                        List.of(),
                        List.of(
                                new TableEstimate(USERS, 1_234_567, 263L << 20, List.of("index \"users_pkey\"")),
                                new TableEstimate(QualifiedName.of("public", "new"), -1, 0, List.of()))));
        assertThat(text)
                .startsWith("Migration 0001_users: users get a nickname\n")
                .contains("\"public\".\"users\": about 1,234,567 rows, 263 MB with indexes")
                .contains("index \"users_pkey\"")
                .contains("\"public\".\"new\": rows not known, it was never analyzed, 0 bytes with indexes");
    }

    @Test
    void whatAStepTakesAndWhatTheDiskHasAreShownToPeopleOnly() {
        Step fill =
                step(1, Phase.BACKFILL, new Action.Backfill(USERS, "a = b", "a IS NULL", true), new Action.Nothing());
        Plan plan = new Plan(
                "0001_users",
                List.of(fill),
                List.of(),
                List.of(),
                List.of(),
                List.of(new Estimate(
                        1,
                        USERS,
                        1_200_000,
                        Duration.ofSeconds(9),
                        470L << 20,
                        1L << 30,
                        40L << 20,
                        5L << 20,
                        "a guess")),
                List.of(
                        new DiskNeed("here", 45L << 20, 1L << 30, OptionalLong.of(3L << 30)),
                        new DiskNeed("there", 500, 0, OptionalLong.empty())));
        assertThat(PlanText.of(MIGRATION, plan))
                .contains("takes: about 1,200,000 rows, 9 s, 470 MB of WAL, +45 MB on disk (a guess)")
                .contains("disk, here: about +45 MB, wanted free with reserve and WAL: 1.1 GB; 3.0 GB free")
                .contains(
                        "disk, there: about +500 bytes, wanted free with reserve and WAL: 750 bytes; free space unknown")
                .contains("-- in small batches, without the table's own triggers");
        assertThat(PlanText.steps(plan)).doesNotContain("takes:");
        assertThat(plan.disks().get(0).isTooLittle()).isFalse();
        assertThat(new DiskNeed("full", 100, 50, OptionalLong.of(199)).isTooLittle())
                .isTrue();
        assertThat(Sizes.time(Duration.ofMinutes(150))).isEqualTo("2 h 30 min");
    }

    @Test
    void whatPreflightFoundIsShownWithItsRemedy() {
        Finding finding = new Finding(Finding.Severity.WARNING, "f.yaml:3:5: operations[0]", "it is large.", "Wait.");
        assertThat(PlanText.of(MIGRATION, plan(List.of(), List.of(finding), List.of())))
                .contains("WARNING f.yaml:3:5: operations[0]: it is large. Wait.");
    }

    @Test
    void aPhaseNamesItsGatesAndAnEmptyOneSaysSo() {
        assertThat(PlanText.of(MIGRATION, plan(List.of(), List.of(), List.of())))
                .contains("EXPAND\n  nothing to do\n")
                .contains("CONTRACT (begins when these gates are open: approval, soak 1d12h)")
                .contains("PURGE (begins when these gates are open: sql (the report is not out yet))");
    }

    @Test
    void aStepTellsItsLockItsSqlAndItsUndo() {
        Step step = step(
                1,
                Phase.EXPAND,
                alter("ALTER TABLE users ADD COLUMN n text"),
                alter("ALTER TABLE users DROP COLUMN n"));
        assertThat(PlanText.of(MIGRATION, plan(List.of(step), List.of(), List.of())))
                .contains("1. step 1\n")
                .contains("ACCESS EXCLUSIVE on \"public\".\"users\" (blocks reads and writes")
                .contains("      ALTER TABLE users ADD COLUMN n text;\n")
                .contains("done when: SELECT true")
                .containsPattern("undo: ACCESS EXCLUSIVE[^\\n]*\\n      ALTER TABLE users DROP COLUMN n;\n");
    }

    @Test
    void everyKindOfActionIsShown() {
        Identifier index = Identifier.of("users_n");
        String text = PlanText.of(
                MIGRATION,
                plan(
                        List.of(
                                step(
                                        1,
                                        Phase.BACKFILL,
                                        new Action.Backfill(USERS, "n = 'x'", "n IS NULL"),
                                        new Action.Nothing()),
                                step(
                                        2,
                                        Phase.VALIDATE,
                                        new Action.BuildIndex(USERS, index, true, "USING btree (n)"),
                                        new Action.DropIndex(USERS, index)),
                                step(
                                        3,
                                        Phase.VALIDATE,
                                        new Action.Compare(
                                                USERS, List.of(), List.of(new Action.Violation("empty", "n IS NULL"))),
                                        new Action.Irreversible("the data are gone.")),
                                step(
                                        4,
                                        Phase.VALIDATE,
                                        new Action.Script(List.of("VACUUM users")),
                                        new Action.Scan(List.of(), List.of("ANALYZE users")))),
                        List.of(),
                        List.of()));
        assertThat(text)
                .contains("UPDATE \"public\".\"users\" SET n = 'x' WHERE n IS NULL")
                .contains("CREATE UNIQUE INDEX CONCURRENTLY \"users_n\" ON \"public\".\"users\" USING btree (n);")
                .contains("DROP INDEX CONCURRENTLY \"public\".\"users_n\";")
                .contains("no row may be: empty")
                .contains("the data are gone.")
                .contains("VACUUM users;")
                .contains("ANALYZE users;");
    }
}
