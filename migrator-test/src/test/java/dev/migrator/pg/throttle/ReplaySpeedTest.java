package dev.migrator.pg.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.pg.internal.throttle.ReplaySpeed;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ReplaySpeedTest {
    private static final long SECOND = 1_000_000_000;

    private final ReplaySpeed speed = new ReplaySpeed();

    private OptionalLong left(long written, long replayed, double seconds) {
        return speed.left(written, replayed, (long) (seconds * SECOND));
    }

    @Test
    void nothingIsKnownBeforeASecondLook() {
        assertThat(left(1_000, 0, 0)).isEmpty();
    }

    @Test
    void oneThatCannotKeepUpIsForetoldLongBeforeWhatWaitsIsOld() {
        left(1_000, 0, 0);
        // A hundred a second, and nine hundred more are written meanwhile.
        assertThat(left(1_900, 100, 1)).hasValue(18 * SECOND);
    }

    @Test
    void oneThatKeepsUpIsNotTakenForSlowBecauseLittleWasWritten() {
        left(10, 0, 0);
        assertThat(left(20, 10, 1)).isEmpty();
        assertThat(left(30, 20, 2)).isEmpty();
        // Now there is much to do: what it did while it had nothing more to do says nothing.
        assertThat(left(100_000, 30, 3)).isEmpty();
        assertThat(left(100_000, 50_030, 4))
                .matches(left -> left.getAsLong() > SECOND * 0.99 && left.getAsLong() < SECOND * 1.01);
    }

    @Test
    void itBecomesFasterAtOnceWhenItIsSeenToBe() {
        left(1_000, 0, 0);
        left(1_000, 100, 1);
        assertThat(left(1_100, 1_000, 2))
                .matches(left -> left.getAsLong() > SECOND / 10 && left.getAsLong() < SECOND / 4);
        left(1_100, 1_100, 3);
        left(1_200, 1_100, 4);
        assertThat(left(101_200, 100_200, 5)).hasValue(SECOND * 1_000 / 99_100);
    }

    @Test
    void oneThatHangsIsAsFastAsItWasAndLooksTooCloseTogetherDoNotCount() {
        left(1_000, 0, 0);
        left(1_000, 100, 1);
        assertThat(left(1_000, 100, 2)).hasValue(9 * SECOND);
        assertThat(left(1_000, 900, 2.01)).hasValue(SECOND);
        assertThat(left(1_000, 200, 3)).hasValue(8 * SECOND);
    }
}
