package dev.migrator.internal.file;

import static dev.migrator.SampleFile.problems;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.migrator.MigrationFileException;
import dev.migrator.MigrationFiles;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is said about gates, settings of the backfill and ids that can't be. */
class SettingsProblemsTest {

    @Test
    void gatesAreKnownWordsOrMaps() {
        String operations = "operations: [ { sql: { expand: x } } ]\n";
        assertThat(problems(
                        operations + "gates: { contract: approval, validate: , rollback: [ aproval, soak, sql, ~ ] }"))
                .containsExactly(
                        "2:20: gates.contract: expected a list, found a text",
                        "2:39: gates.validate: expected a list, found nothing",
                        "2:54: gates.rollback[0]: unknown gate 'aproval'; did you mean 'approval'?",
                        "2:63: gates.rollback[1]: needs to know how long: { soak: 24h }",
                        "2:69: gates.rollback[2]: needs a query: { sql: \"select …\" }",
                        "2:74: gates.rollback[3]: expected a gate: approval, releases, { soak: 24h } or { sql: \"select"
                                + " …\" }, found nothing");
        assertThat(problems(operations + "gates:\n  purge:\n  - soak: 5\n  - soak: -5s\n  - soak: 0s\n  - sql: ''\n"
                        + "  - { soak: 1h, sql: x }\n  - reason: x\n  - { soak: 1h, reason: x }\n  - soak: 99999d\n"))
                .containsExactly(
                        "4:11: gates.purge[0].soak: has no unit: '5'; write it as 50ms, 10s, 15m, 24h, 7d or 1h30m",
                        "5:11: gates.purge[1].soak: is negative: '-5s'",
                        "6:11: gates.purge[2].soak: is 0; it must be longer than nothing",
                        "7:10: gates.purge[3].sql: is blank",
                        "8:5: gates.purge[4]: needs either 'soak' or 'sql'; each gate is an entry of its own",
                        "9:5: gates.purge[5]: needs either 'soak' or 'sql'; each gate is an entry of its own",
                        "10:5: gates.purge[6]: has a 'reason', which only a gate with 'sql' can have",
                        "11:11: gates.purge[7].soak: is longer than 3650d, the longest that is possible");
    }

    @Test
    void backfillSettingsAreDurationsAndANumber() {
        assertThat(
                        problems(
                                "operations: [ { sql: { expand: x } } ]\n"
                                        + "backfill: { batchTarget: 50, workers: many, pauseAboveReplicaLag: 9999999999999999d, x: 1 }"))
                .containsExactly(
                        "2:26: backfill.batchTarget: has no unit: '50'; write it as 50ms, 10s, 15m, 24h, 7d or 1h30m",
                        "2:39: backfill.workers: expected a whole number from 1 to 64, found the text 'many'",
                        "2:67: backfill.pauseAboveReplicaLag: is too long: '9999999999999999d'",
                        "2:86: backfill: unknown key 'x'; the keys here are: batchTarget, workers, pauseAboveReplicaLag,"
                                + " throttle, failedRows, showValues, userTriggers");
        assertThat(problems("operations: [ { sql: { expand: x } } ]\nbackfill: { workers: 1.5 }"))
                .containsExactly("2:22: backfill.workers: expected a whole number from 1 to 64, found '1.5'");
    }

    @Test
    void rowsThatFailAndTriggersAreSpokenOfInTheirOwnWords() {
        assertThat(problems("operations: [ { sql: { expand: x } } ]\n"
                        + "backfill: { failedRows: all, showValues: 1, userTriggers: off }"))
                .containsExactly(
                        "2:25: backfill.failedRows: expected a whole number from 0 on, found the text 'all'",
                        "2:42: backfill.showValues: expected true or false, found '1'",
                        "2:59: backfill.userTriggers: expected fire | skip, found the text 'off'");
        assertThat(problems("operations: [ { sql: { expand: x } } ]\nbackfill: { failedRows: -1 }"))
                .containsExactly("2:25: backfill.failedRows: is -1; it must be 0 or more");
    }

    @Test
    void anIdMustBePrintableAndNotTooLong() {
        for (String id : List.of("", " a", "a\nb", "x".repeat(201))) {
            MigrationFileException e = catchThrowableOfType(
                    MigrationFileException.class,
                    () -> MigrationFiles.parse(id, "f.yaml", "operations: [ { sql: { expand: x } } ]"));
            assertThat(e.problems()).hasSize(1);
            assertThat(e.problems().get(0).toString())
                    .startsWith("f.yaml: the id '")
                    .doesNotContain("\n");
        }
        assertThat(MigrationFiles.parse("x".repeat(200), "f", "operations: [ { sql: { expand: x } } ]")
                        .id())
                .hasSize(200);
    }
}
