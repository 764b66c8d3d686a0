package dev.migrator.bench;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** How long requests took, and which failed. Thread-safe. */
final class Latencies {

    private static final int MANY = 5;

    private final Histogram histogram = new ConcurrentHistogram(TimeUnit.MINUTES.toNanos(30), 3);
    private final AtomicLong failures = new AtomicLong();
    private final Queue<String> firstFailures = new ConcurrentLinkedQueue<>();

    void add(long nanos) {
        histogram.recordValue(Math.min(nanos, histogram.getHighestTrackableValue()));
    }

    void failed(Exception e) {
        if (failures.incrementAndGet() <= MANY) {
            firstFailures.add(String.valueOf(e.getMessage()));
        }
    }

    long requests() {
        return histogram.getTotalCount();
    }

    long failures() {
        return failures.get();
    }

    double milliseconds(double percentile) {
        return histogram.getValueAtPercentile(percentile) / 1e6;
    }

    double slowest() {
        return histogram.getMaxValue() / 1e6;
    }

    /** The usual percentiles, each with a prefix to its name. */
    Map<String, Double> figures(String prefix) {
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put(prefix + "p50 ms", milliseconds(50));
        figures.put(prefix + "p99 ms", milliseconds(99));
        figures.put(prefix + "p99.9 ms", milliseconds(99.9));
        figures.put(prefix + "slowest ms", slowest());
        return figures;
    }

    /** How many a second, failed ones not counted. */
    double rate(Duration time) {
        return requests() / (time.toNanos() / 1e9);
    }

    /** The first failures, for people; empty if there is none. */
    String explanation() {
        return failures() == 0 ? "" : "%d failed: %s".formatted(failures(), firstFailures);
    }
}
