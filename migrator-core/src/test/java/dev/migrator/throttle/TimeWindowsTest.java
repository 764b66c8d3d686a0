package dev.migrator.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** 2026-03-02 is a Monday; clocks in Berlin go forward on 2026-03-29 at two in the morning. */
class TimeWindowsTest {

    private static Optional<Instant> closedUntil(String windows, String now) {
        return TimeWindows.parse(windows).closedUntil(Instant.parse(now));
    }

    private static Optional<Instant> at(String time) {
        return Optional.of(Instant.parse(time));
    }

    @Test
    void aWindowIsOpenFromItsBeginningToBeforeItsEnd() {
        assertThat(closedUntil("08:00-09:00", "2026-03-02T07:59:59Z")).isEqualTo(at("2026-03-02T08:00:00Z"));
        assertThat(closedUntil("08:00-09:00", "2026-03-02T08:00:00Z")).isEmpty();
        assertThat(closedUntil("08:00-09:00", "2026-03-02T09:00:00Z")).isEqualTo(at("2026-03-03T08:00:00Z"));
    }

    @Test
    void oneThatGoesOverMidnightBelongsToTheDayOnWhichItBegins() {
        assertThat(closedUntil("Fri 22:00-06:00", "2026-03-07T05:59:00Z")).isEmpty();
        assertThat(closedUntil("Sat 22:00-06:00", "2026-03-07T05:59:00Z")).isEqualTo(at("2026-03-07T22:00:00Z"));
        assertThat(closedUntil("Sat-Mon 00:00-24:00", "2026-03-09T23:59:59Z")).isEmpty();
        assertThat(closedUntil("Sat-Mon 00:00-24:00", "2026-03-10T00:00:00Z")).isEqualTo(at("2026-03-14T00:00:00Z"));
    }

    @Test
    void theNearestOfSeveralOpensNext() {
        String windows = "Sat-Sun 00:00-24:00, Mon-Fri 20:00-24:00";
        assertThat(closedUntil(windows, "2026-03-02T12:00:00Z")).isEqualTo(at("2026-03-02T20:00:00Z"));
        assertThat(closedUntil(windows, "2026-03-07T12:00:00Z")).isEmpty();
    }

    @Test
    void aZoneHasItsOwnClockAndItsOwnSummer() {
        assertThat(closedUntil("22:00-23:00 Europe/Berlin", "2026-03-28T12:00:00Z"))
                .isEqualTo(at("2026-03-28T21:00:00Z"));
        assertThat(closedUntil("22:00-23:00 Europe/Berlin", "2026-03-29T12:00:00Z"))
                .isEqualTo(at("2026-03-29T20:00:00Z"));
        // Half past two does not exist on that day.
        assertThat(closedUntil("02:30-04:00 Europe/Berlin", "2026-03-29T01:45:00Z"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "22-06",
                "22:00-22:00",
                "Foo 22:00-23:00",
                "22:00-23:00 Mars/Base",
                "22:00-24:01",
                "22:00-23:00,"
            })
    void whatIsNoWindowIsRefused(String text) {
        assertThatThrownBy(() -> TimeWindows.parse(text)).hasMessageContaining("is no time window");
    }
}
