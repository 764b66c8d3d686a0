package dev.migrator.maven;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordingTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a: is paused; go on with: migrator resume a | a: is paused; go on with: mvn migrator:resume -Dmigrator.id=a",
                "a: may go on; run: migrator migrate a | a: may go on; run: mvn migrator:migrate -Dmigrator.ids=a",
                "nobody: migrator approve 7_a.b contract --by NAME --reason TEXT | nobody: mvn migrator:approve"
                        + " -Dmigrator.id=7_a.b -Dmigrator.phase=contract -Dmigrator.by=NAME -Dmigrator.reason=TEXT",
                "free space unknown (--free-space tells it) | free space unknown (-Dmigrator.freeSpace tells it)"
            })
    void aReportNamesGoals(String said, String reworded) {
        assertThat(Wording.ofReport(said)).isEqualTo(reworded);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Give --url, or set MIGRATOR_URL. | Give -Dmigrator.url, or set MIGRATOR_URL.",
                "address with --direct-url, then run migrate | address with -Dmigrator.directUrl, then run migrate",
                "See: migrator migrate --help | See: mvn migrator:help -Ddetail -Dgoal=migrate",
                "run `migrator status`, and | run `mvn migrator:status`, and",
                "in MIGRATOR_PASSWORD or ~/.pgpass. | in a server of settings.xml (-Dmigrator.serverId), MIGRATOR_PASSWORD or"
                        + " ~/.pgpass."
            })
    void aMessageNamesParameters(String said, String reworded) {
        assertThat(Wording.ofMessage(said)).isEqualTo(reworded);
    }

    @Test
    void eachLineOfAMessageIsReworded() {
        assertThat(Wording.ofMessage("Run: migrator status\nor: migrator resume a\nthen go on"))
                .isEqualTo("Run: mvn migrator:status\nor: mvn migrator:resume -Dmigrator.id=a\nthen go on");
    }

    @Test
    void whatIsNoAdviceStaysAsItIs() {
        for (String text : new String[] {
            "SELECT 1 --url of the shop",
            "ALTER TABLE \"migrator status\"",
            "the migrator migrates",
            "a -- b",
            "--tourist"
        }) {
            assertThat(Wording.ofReport(text)).isEqualTo(text);
        }
        assertThat(Wording.ofMessage("--tourist")).isEqualTo("--tourist");
    }
}
