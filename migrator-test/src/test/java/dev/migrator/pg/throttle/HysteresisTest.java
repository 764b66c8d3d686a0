package dev.migrator.pg.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.pg.internal.throttle.Hysteresis;
import dev.migrator.pg.internal.throttle.Reading;
import dev.migrator.throttle.ThrottleAnswer;
import dev.migrator.throttle.ThrottleLimit;
import dev.migrator.throttle.ThrottleUnit;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HysteresisTest {

    private static Hysteresis of(String limit) {
        return new Hysteresis("lag", Optional.of(ThrottleLimit.parse(ThrottleUnit.DURATION, limit)), true);
    }

    private static ThrottleAnswer see(Hysteresis hysteresis, int... millis) {
        ThrottleAnswer last = ThrottleAnswer.normal();
        for (int value : millis) {
            last = hysteresis.after(new Reading.Level(value, "s1"));
        }
        return last;
    }

    private static boolean stops(ThrottleAnswer answer) {
        return answer instanceof ThrottleAnswer.Stop;
    }

    private static double factor(ThrottleAnswer answer) {
        return answer instanceof ThrottleAnswer.Slow slow ? slow.factor() : 1;
    }

    private static Reading bad(String reason) {
        return new Reading.Bad(reason, Optional.empty());
    }

    @Test
    void aLimitCountsAtOnceAndOnlyAboveIt() {
        assertThat(see(of("1s..10s"), 1000)).isEqualTo(ThrottleAnswer.normal());
        assertThat(factor(see(of("1s..10s"), 1001))).isGreaterThan(1);
        assertThat(stops(see(of("1s..10s"), 10_000))).isFalse();
        assertThat(stops(see(of("1s..10s"), 10_001))).isTrue();
    }

    @Test
    void betweenTheLimitsTheFactorGrowsToTen() {
        Hysteresis hysteresis = of("1s..10s");
        double before = 1;
        for (int value = 1500; value <= 10_000; value += 500) {
            double factor = factor(see(hysteresis, value));
            assertThat(factor).isGreaterThan(before);
            before = factor;
        }
        assertThat(before).isEqualTo(10);
        assertThat(factor(see(of("1s.."), 100_000))).isEqualTo(10);
    }

    @Test
    void aStopIsOverOnlyAfterThreeReadingsInARowThatAreWellBelow() {
        Hysteresis hysteresis = of("..10s");
        assertThat(stops(see(hysteresis, 10_001))).isTrue();
        assertThat(stops(see(hysteresis, 9_000, 9_000, 9_000, 9_000))).isTrue();
        assertThat(stops(see(hysteresis, 7_999, 7_999, 8_000, 7_999, 7_999))).isTrue();
        assertThat(see(hysteresis, 7_999)).isEqualTo(ThrottleAnswer.normal());
    }

    @Test
    void afterAStopItIsSlowAsLongAsThatLimitIsNotBehindIt() {
        Hysteresis hysteresis = of("1s..10s");
        assertThat(stops(see(hysteresis, 20_000, 2000, 2000))).isTrue();
        assertThat(factor(see(hysteresis, 2000))).isGreaterThan(1);
        assertThat(factor(see(hysteresis, 900))).isGreaterThan(1);
        assertThat(see(hysteresis, 700, 700, 700)).isEqualTo(ThrottleAnswer.normal());
        assertThat(see(of("1s..10s"), 20_000, 0, 0, 0)).isEqualTo(ThrottleAnswer.normal());
    }

    @Test
    void whatWaversAboutALimitDoesNotMakeTheWorkWaver() {
        Hysteresis hysteresis = of("..10s");
        int changes = 0;
        boolean before = false;
        for (int i = 0; i < 100; i++) {
            boolean now = stops(see(hysteresis, i % 2 == 0 ? 10_001 : 9_999));
            changes += now == before ? 0 : 1;
            before = now;
        }
        assertThat(changes).isEqualTo(1);
    }

    @Test
    void theReasonHasTheNumbers() {
        assertThat(see(of("1s..10s"), 12_000)).isEqualTo(ThrottleAnswer.stop("lag 12s (s1), stopped above 10s"));
        assertThat(see(of("1s..10s"), 12_000, 9_000))
                .isEqualTo(ThrottleAnswer.stop("lag 9s (s1), stopped above 10s until it stays below 8s"));
    }

    @Test
    void whatIsNotKnownStopsIfItWasAskedForAndOnlyThen() {
        Reading unknown = new Reading.Unknown("no rights");
        assertThat(of("10s").after(unknown)).isEqualTo(ThrottleAnswer.stop("lag: not known, no rights"));
        Hysteresis byDefault =
                new Hysteresis("lag", Optional.of(ThrottleLimit.parse(ThrottleUnit.DURATION, "10s")), false);
        assertThat(byDefault.after(unknown)).isEqualTo(ThrottleAnswer.normal());
        // And what was known before is not forgotten.
        Hysteresis hysteresis = of("..10s");
        see(hysteresis, 10_001);
        hysteresis.after(unknown);
        assertThat(stops(see(hysteresis, 0))).isTrue();
    }

    @Test
    void somethingBadStopsWhateverTheLimitAndIsOverAfterThreeGoodReadings() {
        Hysteresis measured = of("1s..");
        assertThat(measured.after(bad("lost"))).isEqualTo(ThrottleAnswer.stop("lost"));
        assertThat(see(measured, 0, 0)).isEqualTo(ThrottleAnswer.stop("lost (until a moment ago)"));
        assertThat(see(measured, 0)).isEqualTo(ThrottleAnswer.normal());

        Hysteresis plain = new Hysteresis("standbys", Optional.empty(), true);
        plain.after(bad("one is missing"));
        assertThat(stops(plain.after(new Reading.Fine()))).isTrue();
        assertThat(stops(plain.after(new Reading.Fine()))).isTrue();
        assertThat(plain.after(new Reading.Fine())).isEqualTo(ThrottleAnswer.normal());
    }
}
