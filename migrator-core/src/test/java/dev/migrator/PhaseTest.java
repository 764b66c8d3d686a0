package dev.migrator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PhaseTest {

    @Test
    void thePhasesFollowOneAnotherBothWays() {
        Phase[] phases = Phase.values();
        for (int i = 0; i + 1 < phases.length; i++) {
            assertThat(phases[i].next()).contains(phases[i + 1]);
            assertThat(phases[i + 1].previous()).contains(phases[i]);
            assertThat(phases[i].isBefore(phases[i + 1])).isTrue();
            assertThat(phases[i + 1].isBefore(phases[i])).isFalse();
            assertThat(phases[i].isBefore(phases[i])).isFalse();
        }
        assertThat(Phase.EXPAND.previous()).isEmpty();
        assertThat(Phase.PURGE.next()).isEmpty();
    }

    @Test
    void aPhaseIsWrittenInLowerCase() {
        assertThat(Phase.CONTRACT.key()).isEqualTo("contract");
    }
}
