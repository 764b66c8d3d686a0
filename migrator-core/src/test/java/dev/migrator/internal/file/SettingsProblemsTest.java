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
                        "2:74: gates.rollback[3]: expected a gate, one of approval, releases, soak, sql, replicaLag, noUse, window,"
                                + " custom, all, any, not, found nothing");
        assertThat(problems(operations + "gates:\n  purge:\n  - soak: 5\n  - soak: -5s\n  - soak: 0s\n  - sql: ''\n"
                        + "  - { soak: 1h, sql: x }\n  - reason: x\n  - { soak: 1h, reason: x }\n  - soak: 99999d\n"))
                .containsExactly(
                        "4:11: gates.purge[0].soak: has no unit: '5'; write it as 50ms, 10s, 15m, 24h, 7d or 1h30m",
                        "5:11: gates.purge[1].soak: is negative: '-5s'",
                        "6:11: gates.purge[2].soak: is 0; it must be longer than nothing",
                        "7:10: gates.purge[3].sql: is blank",
                        "8:5: gates.purge[4]: has soak and sql; each gate is an entry of its own",
                        "9:5: gates.purge[5]: expected a gate, one of approval, releases, soak, sql, replicaLag, noUse, window,"
                                + " custom, all, any, not",
                        "10:5: gates.purge[6]: has a 'reason', which only a gate with 'sql' can have",
                        "11:11: gates.purge[7].soak: is longer than 3650d, the longest that is possible");
    }

    @Test
    void gatesOfEachKindAreChecked() {
        assertThat(
                        problems(
                                """
                                operations: [ { sql: { expand: x } } ]
                                gates:
                                  contract:
                                  - approval: { people: 0, roles: [a, a] }
                                  - approval: { people: two, expires: 0s, from: b }
                                  - releases: { minimum: latest }
                                  - releases: { ignoreRoles: x }
                                  - window: never
                                  - any: []
                                  - all: [ approval, { not: soak } ]
                                  - not: { any: [ { window: 'Mon 9-10' } ] }
                                  - custom: ''
                                  - [ replicaLag ]
                                  - replicaLag
                                """))
                .containsExactly(
                        "4:25: gates.contract[0].approval.people: is 0; it must be 1 or more",
                        "4:39: gates.contract[0].approval.roles[1]: names 'a' a second time",
                        "5:25: gates.contract[1].approval.people: expected a whole number from 1 on, found the text 'two'",
                        "5:43: gates.contract[1].approval: unknown key 'from'; the keys here are: people, roles, expires",
                        "6:26: gates.contract[2].releases.minimum: has no number in it, by which releases could be compared",
                        "7:30: gates.contract[3].releases.ignoreRoles: expected a list, found a text",
                        "8:13: gates.contract[4].window: is no time window: 'never'; write it as 22:00-06:00 or Mon-Fri"
                                + " 22:00-06:00 Europe/Berlin",
                        "9:10: gates.contract[5].any: is empty; it needs at least one entry",
                        "10:29: gates.contract[6].all[1].not: needs to know how long: { soak: 24h }",
                        "11:29: gates.contract[7].not.any[0].window: is no time window: 'Mon 9-10'; write it as 22:00-06:00"
                                + " or Mon-Fri 22:00-06:00 Europe/Berlin",
                        "12:13: gates.contract[8].custom: is blank",
                        "13:5: gates.contract[9]: expected a gate, one of approval, releases, soak, sql, replicaLag,"
                                + " noUse, window, custom, all, any, not, found a list",
                        "14:5: gates.contract[10]: needs to know how much: { replicaLag: 10s }");
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
