package dev.migrator.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How far a replica was behind, in bytes and in time. The server's own {@code replay_lag} is NULL or old when a replica stands
 * still; so the time is how long the oldest of what it has not applied has been there, by the samples themselves.
 */
final class Lag {

    private final TreeMap<Long, Long> firstSeen = new TreeMap<>();
    private final List<Double> bytes = new ArrayList<>();
    private final List<Double> seconds = new ArrayList<>();

    /**
     * Notes a sample.
     *
     * @param nanos when
     * @param written how far the log was written
     * @param replayed how far the replica had applied it
     */
    void sample(long nanos, long written, long replayed) {
        firstSeen.putIfAbsent(written, nanos);
        Map.Entry<Long, Long> missing = firstSeen.higherEntry(replayed);
        bytes.add((double) Math.max(0, written - replayed));
        seconds.add(missing == null ? 0 : (nanos - missing.getValue()) / 1e9);
    }

    double longestSeconds() {
        return largest(seconds);
    }

    Map<String, Double> figures() {
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("lag s, median", Results.median(seconds));
        figures.put("lag s, longest", longestSeconds());
        figures.put("lag MB, median", Results.median(bytes) / 1e6);
        figures.put("lag MB, largest", largest(bytes) / 1e6);
        return figures;
    }

    private static double largest(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN);
    }
}
