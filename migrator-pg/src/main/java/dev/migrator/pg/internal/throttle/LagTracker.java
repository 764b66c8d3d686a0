package dev.migrator.pg.internal.throttle;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Tells how old what a standby has not replayed yet is, from what we saw ourselves: how far the WAL had been written at which
 * time. It needs no heartbeat in a table and no word from the standby, so that one that hangs is seen to fall behind. Exact to
 * the time between two looks, rounded down.
 */
public final class LagTracker {
    private static final int MOST_SAMPLES = 4096;

    private record Sample(long written, long nanos) {}

    private final List<Sample> samples = new ArrayList<>();

    /** The WAL ends there now. */
    public void sees(long written, long nanos) {
        int last = samples.size() - 1;
        if (last >= 0 && samples.get(last).written() >= written) {
            return;
        }
        if (samples.size() == MOST_SAMPLES) {
            thinOut(nanos);
        }
        samples.add(new Sample(written, nanos));
    }

    /** Of a standby that hangs for hours it need not be known to the second for how long: a hundredth will do. */
    private void thinOut(long nanos) {
        List<Sample> kept = new ArrayList<>();
        for (Sample sample : samples) {
            boolean isNear = !kept.isEmpty()
                    && sample.nanos() - kept.get(kept.size() - 1).nanos() < (nanos - sample.nanos()) / 100;
            if (!isNear) {
                kept.add(sample);
            }
        }
        samples.clear();
        samples.addAll(kept);
    }

    /**
     * For how long what comes after a place has been waiting.
     *
     * @return nanoseconds; empty: since before we looked for the first time, so that nobody knows
     */
    public OptionalLong behind(long replayed, long nanos) {
        if (samples.isEmpty() || replayed < samples.get(0).written()) {
            return OptionalLong.empty();
        }
        for (Sample sample : samples) {
            if (sample.written() > replayed) {
                return OptionalLong.of(nanos - sample.nanos());
            }
        }
        return OptionalLong.of(0);
    }
}
