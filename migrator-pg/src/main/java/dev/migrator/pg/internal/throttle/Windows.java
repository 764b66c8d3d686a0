package dev.migrator.pg.internal.throttle;

import dev.migrator.throttle.ThrottleKey;
import dev.migrator.throttle.ThrottleSettings;
import dev.migrator.throttle.TimeWindows;
import java.time.Instant;
import java.util.Optional;

/** Whether this is a time at which it may run. */
final class Windows implements Signal {
    @Override
    public ThrottleKey key() {
        return ThrottleKey.WINDOWS;
    }

    @Override
    public String noun() {
        return "time windows";
    }

    @Override
    public boolean isExact() {
        return true;
    }

    @Override
    public Reading read(Look look, ThrottleSettings settings) {
        String windows = settings.value(key()).orElseThrow();
        Optional<Instant> until = TimeWindows.parse(windows).closedUntil(look.now());
        return until.isPresent()
                ? new Reading.Bad("outside of the time windows " + windows, until)
                : new Reading.Fine();
    }
}
