package dev.migrator.pg.internal.throttle;

import dev.migrator.pg.internal.sql.Row;
import dev.migrator.throttle.ThrottleKey;
import dev.migrator.throttle.ThrottleSettings;
import java.sql.SQLException;

/** For how long somebody has been waiting for a lock of this migration's transactions. */
final class Waiters implements Signal {
    @Override
    public ThrottleKey key() {
        return ThrottleKey.WAITERS;
    }

    @Override
    public String noun() {
        return "wait for a lock of this migration";
    }

    @Override
    public Reading read(Look look, ThrottleSettings settings) throws SQLException {
        Row row = look.row(Basics.query(look.ours()));
        return row.optionalText("waiter").isEmpty()
                ? new Reading.Level(0, "")
                : new Reading.Level(row.number("waited"), "process " + row.text("waiter"));
    }
}
