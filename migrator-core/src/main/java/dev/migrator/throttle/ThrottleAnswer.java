package dev.migrator.throttle;

import java.time.Instant;
import java.util.Optional;

/** How fast a backfill may go. */
public sealed interface ThrottleAnswer {

    /** As fast as it can. */
    record Normal() implements ThrottleAnswer {}

    /**
     * Slower than it can.
     *
     * @param factor by how much: 2 is half as fast; more than 1, at most 100
     * @param reason why, for people
     */
    record Slow(double factor, String reason) implements ThrottleAnswer {
        /**
         * Checks the factor.
         *
         * @throws IllegalArgumentException if it is not from 1 to 100
         */
        public Slow {
            if (!(factor >= 1 && factor <= 100)) {
                throw new IllegalArgumentException("the factor is " + factor + "; it must be from 1 to 100");
            }
        }
    }

    /**
     * Not at all for now.
     *
     * @param reason why, for people
     * @param until when it may go on; empty: when the reason is gone
     */
    record Stop(String reason, Optional<Instant> until) implements ThrottleAnswer {}

    /**
     * As fast as it can.
     *
     * @return the answer
     */
    static ThrottleAnswer normal() {
        return new Normal();
    }

    /**
     * Slower than it can.
     *
     * @param factor by how much, from 1 to 100
     * @param reason why, for people
     * @return the answer
     */
    static ThrottleAnswer slow(double factor, String reason) {
        return new Slow(factor, reason);
    }

    /**
     * Not at all, until this signal says otherwise.
     *
     * @param reason why, for people
     * @return the answer
     */
    static ThrottleAnswer stop(String reason) {
        return new Stop(reason, Optional.empty());
    }

    /**
     * Not at all, until a time.
     *
     * @param reason why, for people
     * @param until when it may go on, unless this signal says otherwise before
     * @return the answer
     */
    static ThrottleAnswer stop(String reason, Instant until) {
        return new Stop(reason, Optional.of(until));
    }

    /**
     * The stricter of two: a stop before the slower one, and of two stops the one that lasts longer.
     *
     * @param other the other one
     * @return one of the two
     */
    default ThrottleAnswer stricter(ThrottleAnswer other) {
        return strictness(other) > strictness(this) ? other : this;
    }

    private static double strictness(ThrottleAnswer answer) {
        if (answer instanceof Stop stop) {
            // One without an end may last longer than any that has one.
            return 1000
                    + stop.until().map(until -> (double) until.getEpochSecond()).orElse(Double.MAX_VALUE);
        }
        return answer instanceof Slow slow ? slow.factor() : 0;
    }
}
