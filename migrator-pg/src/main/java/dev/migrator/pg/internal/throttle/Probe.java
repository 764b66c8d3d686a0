package dev.migrator.pg.internal.throttle;

import dev.migrator.pg.internal.sql.SqlErrors;
import dev.migrator.throttle.ThrottleKey;
import dev.migrator.throttle.ThrottleLimit;
import dev.migrator.throttle.ThrottleSettings;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/** How long a query of the user's takes, which stands for what the application's queries meet. */
final class Probe implements Signal {
    private static final Duration MORE = Duration.ofMillis(500);
    private static final Duration LONGEST = Duration.ofSeconds(30);

    @Override
    public ThrottleKey key() {
        return ThrottleKey.PROBE_TIME;
    }

    @Override
    public String noun() {
        return "time of the probe query";
    }

    @Override
    public Reading read(Look look, ThrottleSettings settings) throws SQLException {
        Optional<String> query = settings.value(ThrottleKey.PROBE);
        if (query.isEmpty()) {
            return new Reading.Level(0, "");
        }
        Duration limit = settings.limit(key()).map(Probe::timeout).orElse(LONGEST);
        long begun = System.nanoTime();
        try {
            // The subquery keeps it to one query; the row as text has every column computed.
            look.rows(
                    "SELECT pg_catalog.count(probe::pg_catalog.text) AS rows FROM (\n" + query.get() + "\n) AS probe",
                    limit);
        } catch (SQLException e) {
            if (!SqlErrors.state(e).equals(SqlErrors.QUERY_CANCELED)
                    && !SqlErrors.state(e).equals(SqlErrors.LOCK_NOT_AVAILABLE)) {
                throw e;
            }
            return new Reading.Level(limit.toMillis(), "given up");
        }
        return new Reading.Level((System.nanoTime() - begun) / 1e6, "");
    }

    /** Long enough to tell that it is too slow. */
    private static Duration timeout(ThrottleLimit limit) {
        double most = limit.stopAbove().orElseGet(() -> 2 * limit.slowAbove().orElse(1000));
        Duration timeout = Duration.ofMillis((long) most).plus(MORE);
        return timeout.compareTo(LONGEST) > 0 ? LONGEST : timeout;
    }
}
