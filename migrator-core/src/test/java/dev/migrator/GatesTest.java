package dev.migrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GatesTest {

    @Test
    void theDefaultsAskForReleasesAndForApprovalWhereSomethingIsTakenAway() {
        Gate registered = Gate.Releases.ofRegistered();
        for (boolean narrows : new boolean[] {false, true}) {
            Gates gates = Gates.defaults();
            assertThat(gates.before(Phase.EXPAND, narrows)).isEmpty();
            assertThat(gates.before(Phase.BACKFILL, narrows)).isEmpty();
            assertThat(gates.before(Phase.VALIDATE, narrows)).isEqualTo(narrows ? List.of(registered) : List.of());
            assertThat(gates.before(Phase.CONTRACT, narrows)).containsExactly(new Gate.Releases(), new Gate.Approval());
            assertThat(gates.before(Phase.PURGE, narrows)).containsExactly(new Gate.Approval());
            assertThat(gates.beforeRollback()).containsExactly(registered);
        }
    }

    @Test
    void aListReplacesTheDefaultOfItsPhaseAlsoIfItIsEmpty() {
        Gate soak = new Gate.Soak(Duration.ofDays(7));
        Gates gates = new Gates(
                Map.of(Phase.CONTRACT, List.of(), Phase.VALIDATE, List.of(soak)),
                Optional.of(List.of(new Gate.Approval())));

        assertThat(gates.before(Phase.CONTRACT, false)).isEmpty();
        assertThat(gates.before(Phase.VALIDATE, false)).containsExactly(soak);
        assertThat(gates.before(Phase.PURGE, false)).containsExactly(new Gate.Approval());
        assertThat(gates.beforeRollback()).containsExactly(new Gate.Approval());
    }

    @Test
    void gatesDoNotChangeWithTheListsThatTheyWereMadeOf() {
        List<Gate> list = new ArrayList<>();
        Map<Phase, List<Gate>> map = new HashMap<>(Map.of(Phase.CONTRACT, list));
        Gates gates = new Gates(map, Optional.of(list));

        list.add(new Gate.Releases());
        map.clear();

        assertThat(gates.explicit()).containsOnlyKeys(Phase.CONTRACT);
        assertThat(gates.before(Phase.CONTRACT, false)).isEmpty();
        assertThat(gates.beforeRollback()).isEmpty();
        assertThatThrownBy(() -> gates.explicit().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void aGateHasTheNameThatFilesGiveIt() {
        assertThat(new Gate.Approval().name()).isEqualTo("approval");
        assertThat(new Gate.Soak(Duration.ofHours(1)).name()).isEqualTo("soak");
        assertThat(new Gate.Sql("select true").name()).isEqualTo("sql");
        assertThat(new Gate.Releases().name()).isEqualTo("releases");
    }

    @Test
    void aQueryWithoutAReasonIsTheReason() {
        assertThat(new Gate.Sql(" select true\n").reason()).isEqualTo("the query has not answered true: select true");
        assertThat(new Gate.Sql("select true", "not yet").reason()).isEqualTo("not yet");
    }

    @Test
    void gatesThatCanNotBeAreRefused() {
        assertThatThrownBy(() -> new Gate.Soak(Duration.ZERO)).hasMessage("soak: is 0; it must be longer than nothing");
        assertThatThrownBy(() -> new Gate.Soak(Duration.ofSeconds(-1)))
                .hasMessage("soak: is negative; it must be longer than nothing");
        assertThatThrownBy(() -> new Gate.Soak(Duration.ofDays(3651)))
                .hasMessage("soak: is longer than 3650d, the longest that is possible");
        assertThatThrownBy(() -> new Gate.Soak(Duration.ofNanos(1_500_000)))
                .hasMessage("soak: has parts of a millisecond: PT0.0015S");
        assertThatThrownBy(() -> new Gate.Sql(" ", "")).hasMessage("sql: is blank; reason: is blank");
        assertThatThrownBy(() -> new Gate.Sql("select\0")).hasMessageStartingWith("sql: has a NUL character");
    }

    @Test
    void backfillSettingsKnowTheirRanges() {
        BackfillSettings defaults = BackfillSettings.defaults();
        assertThat(defaults.batchTarget()).isEqualTo(Duration.ofMillis(50));
        assertThat(defaults.workers()).isEqualTo(1);
        assertThat(defaults.pauseAboveReplicaLag()).isEmpty();

        assertThatThrownBy(() -> new BackfillSettings(Duration.ZERO, 0, Optional.of(Duration.ofMillis(-1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("batchTarget: is 0; it must be longer than nothing; workers: is 0; it must be from 1 to 64;"
                        + " pauseAboveReplicaLag: is negative; it must be longer than nothing");
        assertThatThrownBy(() -> new BackfillSettings(Duration.ofMillis(50), 65, Optional.empty()))
                .hasMessage("workers: is 65; it must be from 1 to 64");
        assertThat(defaults.failedRows()).isEqualTo(100);
        assertThat(defaults.showValues()).isFalse();
        assertThat(defaults.userTriggers()).isEqualTo(BackfillSettings.UserTriggers.FIRE);
        assertThatThrownBy(() -> defaults.withFailedRows(-1)).hasMessage("failedRows: is -1; it must be 0 or more");
    }

    private static Migration read(String gate) {
        return MigrationFiles.parse(
                "1", "1.yaml", "operations: [ { sql: { expand: x } } ]\ngates:\n  contract:\n  - " + gate + "\n");
    }

    private static void assertReads(String text, Gate gate, String... definition) {
        Migration migration = read(text);
        assertThat(migration.gates().before(Phase.CONTRACT, false)).containsExactly(gate);
        assertThat(migration.definition().lines().filter(line -> line.startsWith("gates.contract[0]")))
                .containsExactly(definition);
    }

    @Test
    void eachKindIsReadAndBelongsToTheDefinition() {
        assertReads("approval: {}", new Gate.Approval(), "gates.contract[0] = approval");
        assertReads(
                "approval: { people: 2, roles: [Ops], expires: 24h }",
                new Gate.Approval(2, List.of(Identifier.of("Ops")), Optional.of(Duration.ofDays(1))),
                "gates.contract[0].approval.people = 2",
                "gates.contract[0].approval.roles[0] = Ops",
                "gates.contract[0].approval.expires = 1d");
        assertReads("releases: {}", new Gate.Releases(), "gates.contract[0] = releases");
        assertReads(
                "releases: { minimum: '2026.11', ignoreRoles: [backup], ignoreApplications: [psql], onlyRegistered: true }",
                new Gate.Releases(Optional.of("2026.11"), List.of(Identifier.of("backup")), List.of("psql"), true),
                "gates.contract[0].releases.onlyRegistered = true",
                "gates.contract[0].releases.minimum = 2026.11",
                "gates.contract[0].releases.ignoreRoles[0] = backup",
                "gates.contract[0].releases.ignoreApplications[0] = psql");
        assertReads(
                "replicaLag: 10s", new Gate.ReplicaLag(Duration.ofSeconds(10)), "gates.contract[0].replicaLag = 10s");
        assertReads("noUse: 24h", new Gate.NoUse(Duration.ofHours(24)), "gates.contract[0].noUse = 1d");
        assertReads(
                "window: Mon-Thu 09:00-16:00 Europe/Berlin",
                Gate.Window.of("Mon-Thu 09:00-16:00 Europe/Berlin"),
                "gates.contract[0].window = Mon-Thu 09:00-16:00 Europe/Berlin");
        assertReads("custom: calendar", new Gate.Custom("calendar"), "gates.contract[0].custom = calendar");
        assertReads(
                "any: [ { all: [ approval, { soak: 1h } ] }, { not: { sql: select true } } ]",
                new Gate.Any(List.of(
                        new Gate.All(List.of(new Gate.Approval(), new Gate.Soak(Duration.ofHours(1)))),
                        new Gate.Not(new Gate.Sql("select true")))),
                "gates.contract[0].any[0].all[0] = approval",
                "gates.contract[0].any[0].all[1].soak = 1h",
                "gates.contract[0].any[1].not.sql = select true");
    }
}
