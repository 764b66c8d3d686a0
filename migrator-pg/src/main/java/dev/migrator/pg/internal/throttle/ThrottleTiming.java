package dev.migrator.pg.internal.throttle;

import java.time.Duration;

/**
 * How often the throttle does what; other than the default only in tests.
 *
 * @param looks how often the signals are asked, at most
 * @param news how often the history gets a line, at most
 * @param own how long a signal of the application may take
 */
public record ThrottleTiming(Duration looks, Duration news, Duration own) {

    /** A look a second, a line of history every ten seconds, a second for signals of the application. */
    public static ThrottleTiming defaults() {
        return new ThrottleTiming(Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofSeconds(1));
    }
}
