package dev.migrator.pg.internal.throttle;

import dev.migrator.pg.internal.sql.Row;
import dev.migrator.throttle.ThrottleKey;
import dev.migrator.throttle.ThrottleSettings;
import java.sql.SQLException;

/** How far the server is from the wraparound of its transaction ids, of which each batch takes one. */
final class WraparoundAge implements Signal {
    @Override
    public ThrottleKey key() {
        return ThrottleKey.WRAPAROUND_AGE;
    }

    @Override
    public String noun() {
        return "age of the oldest transaction that is not frozen";
    }

    @Override
    public Reading read(Look look, ThrottleSettings settings) throws SQLException {
        Row row = look.row(Basics.query(look.ours()));
        return new Reading.Level(row.number("age"), "database " + row.text("database"));
    }
}
