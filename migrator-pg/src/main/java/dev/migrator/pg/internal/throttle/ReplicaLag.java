package dev.migrator.pg.internal.throttle;

import dev.migrator.throttle.ThrottleKey;
import dev.migrator.throttle.ThrottleLimit;
import dev.migrator.throttle.ThrottleSettings;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * For how long what a standby has not replayed yet has been waiting, or for how long the last of it will have to wait, if that is
 * more. What the standby itself reports is taken only if it is more than both: while it hangs it reports nothing, and the view
 * shows what was true before.
 */
final class ReplicaLag implements Signal {
    private static final int FIRST_LOOKS = 10;

    private final LagTracker tracker = new LagTracker();
    private final Map<Long, ReplaySpeed> speeds = new HashMap<>();
    private final KnownStandbys known = new KnownStandbys();
    private int looks;

    @Override
    public ThrottleKey key() {
        return ThrottleKey.REPLICA_LAG;
    }

    @Override
    public String noun() {
        return "replica lag";
    }

    /** In a second a standby that can't keep up falls behind by many. */
    @Override
    public boolean isUrgent(Reading reading, ThrottleLimit limit) {
        if (!(reading instanceof Reading.Level level) || speeds.isEmpty()) {
            return false;
        }
        double bound = Math.min(
                limit.slowAbove().orElse(Double.MAX_VALUE), limit.stopAbove().orElse(Double.MAX_VALUE));
        return looks++ < FIRST_LOOKS || level.value() > bound / 10;
    }

    @Override
    public Reading read(Look look, ThrottleSettings settings) throws SQLException {
        Replication replication = Replication.of(look);
        tracker.sees(replication.written(), look.nanos());
        if (replication.hidden()) {
            return new Reading.Unknown(Replication.HIDDEN);
        }
        Optional<String> gone = gone(replication);
        if (gone.isPresent()) {
            return new Reading.Unknown("standby '" + gone.get() + "' was connected when this run began and is gone");
        }
        Reading.Level worst = new Reading.Level(0, "");
        for (Replication.Standby standby : replication.standbys()) {
            OptionalLong lag = lag(replication, standby, look.nanos());
            if (lag.isEmpty()) {
                return new Reading.Unknown(
                        "standby '" + standby.name() + "' was behind already when this was first looked"
                                + " at, and has not replayed what was written then");
            }
            if (lag.getAsLong() > worst.value()) {
                worst = new Reading.Level(lag.getAsLong(), "standby '" + standby.name() + "'");
            }
        }
        return worst;
    }

    /** Its lag can't be measured any more, which is not the same as none. */
    private Optional<String> gone(Replication replication) {
        speeds.keySet()
                .retainAll(replication.standbys().stream()
                        .map(Replication.Standby::pid)
                        .toList());
        return known.missing(replication.standbys().stream()
                .map(Replication.Standby::connection)
                .toList());
    }

    /** In milliseconds; empty: not known. */
    private OptionalLong lag(Replication replication, Replication.Standby standby, long nanos) {
        Optional<Long> replayed = standby.replayed();
        if (replayed.isEmpty()) {
            return OptionalLong.empty();
        }
        ReplaySpeed speed = speeds.computeIfAbsent(standby.pid(), pid -> new ReplaySpeed());
        if (replayed.get() >= replication.written()) {
            speed.left(replication.written(), replayed.get(), nanos);
            return OptionalLong.of(0);
        }
        OptionalLong behind = tracker.behind(replayed.get(), nanos);
        if (behind.isEmpty()) {
            return behind;
        }
        long left = speed.left(replication.written(), replayed.get(), nanos).orElse(0);
        long worst = Math.max(behind.getAsLong(), left) / 1_000_000;
        return OptionalLong.of(Math.max(worst, standby.reported().orElse(0L)));
    }
}
