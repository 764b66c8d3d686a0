package dev.migrator.internal.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {

    @ParameterizedTest
    @CsvSource({
        "50ms, PT0.05S",
        "10s, PT10S",
        "15m, PT15M",
        "24h, PT24H",
        "7d, PT168H",
        "1h30m, PT1H30M",
        "' 5s ', PT5S",
        "1d1h1m1s1ms, PT25H1M1.001S",
        "90m, PT90M",
        "0s, PT0S",
        "007s, PT7S",
        "1m5ms, PT1M0.005S"
    })
    void aDurationIsNumbersWithUnits(String text, String expected) {
        assertThat(Durations.parse(text)).isEqualTo(Duration.parse(expected));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "s", "10 s", "1.5h", "10S", "30m1h", "1h1h", "PT1H", "1w", "٣s", "10s ago", "1h-5m"})
    void anythingElseIsNone(String text) {
        assertThatThrownBy(() -> Durations.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("is no duration: '" + text + "'; write it as 50ms, 10s, 15m, 24h, 7d or 1h30m");
    }

    @Test
    void aNumberAloneLacksItsUnit() {
        assertThatThrownBy(() -> Durations.parse("50"))
                .hasMessage("has no unit: '50'; write it as 50ms, 10s, 15m, 24h, 7d or 1h30m");
    }

    @Test
    void negativeAndOverflowingDurationsAreRefused() {
        assertThatThrownBy(() -> Durations.parse("-5s")).hasMessage("is negative: '-5s'");
        assertThatThrownBy(() -> Durations.parse("999999999999d")).hasMessage("is too long: '999999999999d'");
        assertThatThrownBy(() -> Durations.parse("99999999999999999999ms"))
                .hasMessage("is too long: '99999999999999999999ms'");
        assertThatThrownBy(() -> Durations.parse("106751991167d24h")).hasMessage("is too long: '106751991167d24h'");
    }

    @Test
    void everyDurationHasOneFormThatIsReadBackAsItself() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 2000; i++) {
            Duration duration = Duration.ofMillis(random.nextLong(0, 1L << random.nextInt(1, 40)));
            String text = Durations.format(duration);
            assertThat(Durations.parse(text)).as("seed %d, %s", seed, text).isEqualTo(duration);
        }
        assertThat(Durations.format(Duration.ofMinutes(90))).isEqualTo("1h30m");
        assertThat(Durations.format(Duration.ZERO)).isEqualTo("0ms");
    }
}
