package dev.migrator.test.releases;

import java.time.Duration;

/**
 * What two releases have done beside each other, without a failure.
 *
 * @param journeys how many journeys through the phases
 * @param statements how many statements of the releases
 * @param slowest the longest of them
 */
public record ReleaseReport(int journeys, int statements, Duration slowest) {
    @Override
    public String toString() {
        return "%d journeys, %d statements, none failed, the slowest took %d ms"
                .formatted(journeys, statements, slowest.toMillis());
    }
}
