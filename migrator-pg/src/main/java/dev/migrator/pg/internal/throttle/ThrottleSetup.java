package dev.migrator.pg.internal.throttle;

import dev.migrator.BackfillSettings;
import dev.migrator.throttle.ThrottleSignal;
import java.time.Clock;
import java.util.List;

/**
 * What the throttles of a migration's backfills are made of.
 *
 * @param settings what the migration's file says
 * @param own the application's own signals
 * @param release the release that the history shows, or empty
 * @param timing how often it does what
 * @param clock by which time windows open
 */
public record ThrottleSetup(
        BackfillSettings settings, List<ThrottleSignal> own, String release, ThrottleTiming timing, Clock clock) {

    /** Copies the list. */
    public ThrottleSetup {
        own = List.copyOf(own);
    }

    /** Settings of a file, and nothing else. */
    public static ThrottleSetup of(BackfillSettings settings) {
        return new ThrottleSetup(settings, List.of(), "", ThrottleTiming.defaults(), Clock.systemUTC());
    }

    /** The same with signals of the application. */
    public ThrottleSetup withOwn(List<ThrottleSignal> signals) {
        return new ThrottleSetup(settings, signals, release, timing, clock);
    }

    /** The same with a release. */
    public ThrottleSetup withRelease(String name) {
        return new ThrottleSetup(settings, own, name, timing, clock);
    }

    /** The same with another timing. */
    public ThrottleSetup withTiming(ThrottleTiming other) {
        return new ThrottleSetup(settings, own, release, other, clock);
    }

    /** The same with another clock. */
    public ThrottleSetup withClock(Clock other) {
        return new ThrottleSetup(settings, own, release, timing, other);
    }
}
