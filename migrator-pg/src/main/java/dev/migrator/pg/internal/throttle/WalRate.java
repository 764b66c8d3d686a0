package dev.migrator.pg.internal.throttle;

import dev.migrator.throttle.ThrottleKey;
import dev.migrator.throttle.ThrottleSettings;
import java.sql.SQLException;

/** How much WAL the whole server writes a second, from one look to the next. */
final class WalRate implements Signal {
    private static final String QUERY =
            """
            SELECT pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), '0/0')::pg_catalog.int8 AS written""";

    private long written = -1;
    private long nanos;

    @Override
    public ThrottleKey key() {
        return ThrottleKey.WAL_RATE;
    }

    @Override
    public String noun() {
        return "WAL written a second";
    }

    @Override
    public Reading read(Look look, ThrottleSettings settings) throws SQLException {
        long now = look.row(QUERY).number("written");
        long before = written;
        double seconds = (look.nanos() - nanos) / 1e9;
        written = now;
        nanos = look.nanos();
        return before < 0 || seconds <= 0
                ? new Reading.Unknown("it takes two looks to tell a rate")
                : new Reading.Level((now - before) / seconds, "");
    }
}
