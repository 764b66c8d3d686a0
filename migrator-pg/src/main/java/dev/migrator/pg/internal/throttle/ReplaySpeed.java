package dev.migrator.pg.internal.throttle;

import java.util.OptionalLong;

/**
 * How fast a standby replays when it has enough to do, from looks at how far it has come; so how long it will need for what it
 * has not replayed. That tells sooner than the age of what waits that it can't keep up: a standby that replays a tenth of what
 * we write is ten seconds behind when the oldest of that has waited for one.
 *
 * <p>Only time in which it can't have run out of work tells its speed; other time tells the least that it can be.
 */
public final class ReplaySpeed {
    private static final long SHORTEST = 50_000_000;

    private long nanos;
    private long replayed;
    private long behind = -1;
    private double bytesPerNano;

    /**
     * What it has done by now, and how long it will need for the rest.
     *
     * @param written where the WAL ends
     * @param done how far it has come
     * @param now the time, as of {@link System#nanoTime}
     * @return nanoseconds; empty: its speed is not known
     */
    public OptionalLong left(long written, long done, long now) {
        if (behind < 0 || now - nanos >= SHORTEST) {
            if (behind >= 0) {
                learn(done - replayed, now - nanos);
            }
            nanos = now;
            replayed = done;
            behind = Math.max(0, written - done);
        }
        return bytesPerNano > 0
                ? OptionalLong.of((long) (Math.max(0, written - done) / bytesPerNano))
                : OptionalLong.empty();
    }

    private void learn(long bytes, long time) {
        if (bytes <= 0) {
            // It hangs, or has not said: the age of what waits tells that.
            return;
        }
        double seen = (double) bytes / time;
        boolean busy = bytes < behind;
        if (!busy) {
            bytesPerNano = bytesPerNano > 0 ? Math.max(bytesPerNano, seen) : 0;
        } else {
            bytesPerNano = bytesPerNano > 0 ? (bytesPerNano + seen) / 2 : seen;
        }
    }
}
