package dev.migrator.pg.internal.throttle;

import dev.migrator.pg.internal.sql.Row;
import dev.migrator.throttle.ThrottleKey;
import dev.migrator.throttle.ThrottleSettings;
import java.sql.SQLException;

/** How old the oldest snapshot is that somebody holds: what has died since then can't be removed, and the table grows. */
final class XminAge implements Signal {
    @Override
    public ThrottleKey key() {
        return ThrottleKey.XMIN_AGE;
    }

    @Override
    public String noun() {
        return "age of the oldest snapshot";
    }

    @Override
    public Reading read(Look look, ThrottleSettings settings) throws SQLException {
        return look.rows(Horizon.QUERY).stream()
                .findFirst()
                .<Reading>map(XminAge::level)
                .orElseGet(() -> new Reading.Level(0, ""));
    }

    private static Reading level(Row row) {
        return new Reading.Level(row.number("age"), row.text("who"));
    }
}
