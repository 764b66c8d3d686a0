package dev.migrator.pg.internal.throttle;

import java.time.Instant;
import java.util.Optional;

/** What a signal has found. */
public sealed interface Reading {

    /**
     * A value that is compared with the limits.
     *
     * @param value the value, in the unit of its key
     * @param about whom it is about, for people; or empty
     */
    record Level(double value, String about) implements Reading {}

    /** Nothing is wrong, of a signal that is not measured. */
    record Fine() implements Reading {}

    /**
     * Something is wrong, whatever the limits are.
     *
     * @param reason what, for people
     * @param until when it is over, if that is known
     */
    record Bad(String reason, Optional<Instant> until) implements Reading {
        Bad(String reason) {
            this(reason, Optional.empty());
        }
    }

    /**
     * It can't be told.
     *
     * @param why for people
     */
    record Unknown(String why) implements Reading {}
}
