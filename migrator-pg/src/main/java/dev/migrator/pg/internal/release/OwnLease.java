package dev.migrator.pg.internal.release;

import java.time.Duration;

/**
 * Until when an instance may take itself for live, by both clocks of its machine: one stands still while the machine is suspended,
 * the other one may be set. Whichever says so first counts, so that a clock which is wrong ends it early and never late.
 *
 * @param nanos by the clock that can't be set
 * @param millis by the clock that goes on while the machine is suspended
 */
record OwnLease(long nanos, long millis) {

    /** One that begins now. */
    static OwnLease of(Duration time) {
        return new OwnLease(System.nanoTime() + time.toNanos(), System.currentTimeMillis() + time.toMillis());
    }

    /** One that is over. */
    static OwnLease none() {
        return of(Duration.ZERO);
    }

    /** Whether it is not over. */
    boolean lasts() {
        return nanos - System.nanoTime() > 0 && millis - System.currentTimeMillis() > 0;
    }
}
