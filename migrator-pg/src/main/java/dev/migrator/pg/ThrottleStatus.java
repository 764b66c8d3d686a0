package dev.migrator.pg;

import java.time.Instant;
import java.util.Optional;

/**
 * How fast a backfill goes, and why.
 *
 * @param pace {@value #NORMAL}, {@value #SLOW} or {@value #STOPPED}
 * @param factor by how much it is slower than it could be; 1 unless it is slow
 * @param reason why, for people; empty if it is normal
 * @param until when it may go on; empty: when the reason is gone
 */
public record ThrottleStatus(String pace, double factor, String reason, Optional<Instant> until) {
    /** As fast as it can. */
    public static final String NORMAL = "NORMAL";

    /** With pauses between batches. */
    public static final String SLOW = "SLOW";

    /** Not at all for now. */
    public static final String STOPPED = "STOPPED";

    /** How strict it is: more for a slower one. */
    double strictness() {
        return pace.equals(STOPPED) ? Double.MAX_VALUE : pace.equals(SLOW) ? factor : 0;
    }
}
