package dev.migrator.pg.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.pg.internal.throttle.LagTracker;
import org.junit.jupiter.api.Test;

class LagTrackerTest {
    private final LagTracker tracker = new LagTracker();

    @Test
    void whoIsWhereTheWalEndsIsNotBehindHoweverLongNothingWasWritten() {
        tracker.sees(100, 0);
        tracker.sees(100, 5000);
        assertThat(tracker.behind(100, 5000)).hasValue(0);
        assertThat(tracker.behind(101, 5000)).hasValue(0);
    }

    @Test
    void whoHangsIsBehindSinceMoreWasWrittenThanItHasReplayed() {
        tracker.sees(100, 0);
        tracker.sees(200, 1000);
        tracker.sees(300, 2000);
        assertThat(tracker.behind(100, 2000)).hasValue(1000);
        assertThat(tracker.behind(250, 2000)).hasValue(0);
        assertThat(tracker.behind(250, 9000)).hasValue(7000);
        assertThat(tracker.behind(100, 9000)).hasValue(8000);
    }

    @Test
    void whoWasBehindBeforeTheFirstLookIsBehindNobodyKnowsForHowLong() {
        assertThat(tracker.behind(100, 0)).isEmpty();
        tracker.sees(100, 0);
        tracker.sees(200, 1000);
        assertThat(tracker.behind(99, 1000)).isEmpty();
    }

    @Test
    void ofDaysItRemembersEnoughToTellNearlyTheTruth() {
        for (int i = 0; i < 100_000; i++) {
            tracker.sees(i * 10L, i);
        }
        assertThat(tracker.behind(500_000, 100_000).orElseThrow()).isBetween(48_500L, 50_000L);
        assertThat(tracker.behind(0, 100_000).orElseThrow()).isBetween(97_000L, 100_000L);
        assertThat(tracker.behind(999_970, 100_000).orElseThrow()).isLessThanOrEqualTo(2);
    }
}
