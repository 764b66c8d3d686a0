package dev.migrator.pg.internal.release;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** An instance that can't ask the database never takes itself for live longer than it is, whichever of its clocks is wrong. */
class OwnLeaseTest {
    private static final long HOUR = Duration.ofHours(1).toMillis();

    @Test
    void itLastsByBothClocks() {
        assertThat(OwnLease.of(Duration.ofHours(1)).lasts()).isTrue();
        assertThat(OwnLease.of(Duration.ZERO).lasts()).isFalse();
        assertThat(OwnLease.none().lasts()).isFalse();
    }

    @Test
    void aClockThatIsSetBackDoesNotLengthenIt() {
        assertThat(new OwnLease(System.nanoTime() - 1, System.currentTimeMillis() + HOUR).lasts())
                .isFalse();
    }

    @Test
    void aMachineThatWasSuspendedDoesNotLengthenIt() {
        assertThat(new OwnLease(System.nanoTime() + HOUR * 1_000_000, System.currentTimeMillis() - 1).lasts())
                .isFalse();
    }
}
