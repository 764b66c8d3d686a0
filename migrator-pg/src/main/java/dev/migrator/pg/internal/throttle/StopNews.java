package dev.migrator.pg.internal.throttle;

import java.time.Duration;
import java.util.Optional;

/**
 * Which lines the history gets: one when the work begins to be stopped and one when it goes on, and no more than one in a
 * while, so that what wavers does not fill it. A stop that is over before it could be told is not told.
 */
public final class StopNews {
    private final long every;
    private boolean told;
    private long toldAt;
    private boolean anythingTold;
    private boolean stopped;
    private long stoppedAt;
    private String toldReason = "";

    /**
     * A line of history.
     *
     * @param event {@code throttle-stopped} or {@code throttle-resumed}
     * @param detail the rest, for people
     */
    public record Line(String event, String detail) {}

    /**
     * Nothing has been told yet.
     *
     * @param every how often there is a line, at most
     */
    public StopNews(Duration every) {
        this.every = every.toNanos();
    }

    /**
     * The line to write now; it counts as written only when {@link #told} says so.
     *
     * @param stops whether the work is stopped
     * @param reason why; empty if it is not
     * @param nanos the time
     */
    public Optional<Line> see(boolean stops, String reason, long nanos) {
        if (stops && !stopped && !told) {
            stoppedAt = nanos;
        }
        stopped = stops;
        if (stopped == told || (anythingTold && nanos - toldAt < every)) {
            return Optional.empty();
        }
        return Optional.of(line(reason, nanos));
    }

    /** The line to write when the work ends: it went on, and that has not been told. */
    public Optional<Line> end(long nanos) {
        return told && !stopped ? Optional.of(line("", nanos)) : Optional.empty();
    }

    private Line line(String reason, long nanos) {
        return stopped
                ? new Line("throttle-stopped", reason)
                : new Line(
                        "throttle-resumed", "after " + seconds(nanos - stoppedAt) + "; it was stopped: " + toldReason);
    }

    private static String seconds(long nanos) {
        long tenths = nanos / 100_000_000;
        return tenths / 10 + "." + tenths % 10 + " s";
    }

    /** The line is written. */
    public void told(String reason, long nanos) {
        told = stopped;
        toldAt = nanos;
        anythingTold = true;
        toldReason = stopped ? reason : toldReason;
    }
}
