package dev.migrator.examples.quickstart;

import java.time.Duration;
import java.util.Arrays;

/** How long requests took, in tenths of a millisecond. Not thread-safe. */
final class Waits {

    private static final int PER_MILLISECOND = 10;

    private int[] counts = new int[1000];
    private long requests;
    private long slowest;

    /** Notes one. */
    void add(long nanos) {
        int slot = (int) Math.min(nanos / (1_000_000 / PER_MILLISECOND), 600_000 * PER_MILLISECOND);
        if (slot >= counts.length) {
            counts = Arrays.copyOf(counts, slot + slot / 2);
        }
        counts[slot]++;
        requests++;
        slowest = Math.max(slowest, nanos);
    }

    /** Notes all of the others. */
    void addAll(Waits others) {
        counts = Arrays.copyOf(counts, Math.max(counts.length, others.counts.length));
        for (int i = 0; i < others.counts.length; i++) {
            counts[i] += others.counts[i];
        }
        requests += others.requests;
        slowest = Math.max(slowest, others.slowest);
    }

    /** How many there were. */
    long requests() {
        return requests;
    }

    /** The longest. */
    Duration slowest() {
        return Duration.ofNanos(slowest);
    }

    /** What 99 of 100 did not exceed. */
    Duration p99() {
        long rest = requests - requests / 100;
        int slot = 0;
        for (; slot < counts.length && rest > 0; slot++) {
            rest -= counts[slot];
        }
        return Duration.ofNanos(slot * (1_000_000L / PER_MILLISECOND));
    }
}
