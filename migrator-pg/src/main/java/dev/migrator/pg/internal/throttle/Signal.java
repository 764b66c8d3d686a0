package dev.migrator.pg.internal.throttle;

import dev.migrator.throttle.ThrottleKey;
import dev.migrator.throttle.ThrottleLimit;
import dev.migrator.throttle.ThrottleSettings;
import java.sql.SQLException;

/** One thing that the throttle looks at. May remember what it saw before; asked by one thread at a time. */
interface Signal {

    /** Under which key it is asked for. */
    ThrottleKey key();

    /** What is measured, for people. */
    String noun();

    /**
     * Looks.
     *
     * @throws SQLException if the server refuses to tell: it is not known then
     */
    Reading read(Look look, ThrottleSettings settings) throws SQLException;

    /** Whether what it says holds at once, both ways: it does not waver. */
    default boolean isExact() {
        return false;
    }

    /** Whether the next look should come soon: what it has just found may be far worse in a second. */
    default boolean isUrgent(Reading reading, ThrottleLimit limit) {
        return false;
    }
}
