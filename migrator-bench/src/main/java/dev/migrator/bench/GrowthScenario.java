package dev.migrator.bench;

import dev.migrator.test.TestDatabase;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Whether a row of a large table costs as much as one of a small one, in time, log and memory. */
final class GrowthScenario implements Scenario {

    private static final double FLAT = 1.3;
    private static final double MEGABYTE = 1e6;

    @Override
    public String name() {
        return "growth";
    }

    @Override
    public String description() {
        return "the engine's backfill of larger and larger tables";
    }

    @Override
    public void run(Bench bench) throws SQLException {
        Options options = bench.options();
        EngineWay engine = EngineWay.of(options);
        List<Long> sizes = options.sizes().stream().sorted().toList();
        warmUp(bench, engine);
        for (int round = 1; round <= options.rounds(); round++) {
            for (long rows : Bench.rotated(sizes, round)) {
                try (TestDatabase db = bench.site().items(options.layout(), rows)) {
                    bench.add(new Round(name(), label(rows), EngineWay.NAME, round, measure(db, engine, rows)));
                }
            }
        }
        if (sizes.size() > 1) {
            targets(bench.results(), label(sizes.get(sizes.size() - 2)), label(sizes.get(sizes.size() - 1)));
        }
    }

    private static String label(long rows) {
        return "%,d rows".formatted(rows);
    }

    /** So that the first size does not pay for the loading of classes. */
    private static void warmUp(Bench bench, EngineWay engine) throws SQLException {
        try (TestDatabase db = bench.site().items(bench.options().layout(), 20_000)) {
            Fill.measure(db, engine, 20_000);
        }
    }

    private static Map<String, Double> measure(TestDatabase db, EngineWay engine, long rows) throws SQLException {
        try (HeapWatch heap = new HeapWatch()) {
            Map<String, Double> fill = Fill.measure(db, engine, rows);
            double left = HeapWatch.collect();
            double mostLeft = Math.max(left, (double) heap.largestLeft());
            Map<String, Double> figures = new LinkedHashMap<>();
            figures.put("seconds", fill.getOrDefault("seconds", Double.NaN));
            figures.put("µs/row", 1e6 * fill.getOrDefault("seconds", Double.NaN) / rows);
            figures.put("WAL B/row", MEGABYTE * fill.getOrDefault("WAL MB", Double.NaN) / rows);
            figures.put("size +%", fill.getOrDefault("size +%", Double.NaN));
            figures.put("heap left MB", left / MEGABYTE);
            figures.put("heap most left MB", mostLeft / MEGABYTE);
            figures.put("heap peak MB", heap.peak() / MEGABYTE);
            figures.put("heap B/row", mostLeft / rows);
            return figures;
        }
    }

    private void targets(Results results, String smaller, String largest) {
        for (String figure : List.of("µs/row", "WAL B/row", "heap most left MB")) {
            double ratio = results.median(name(), largest, EngineWay.NAME, figure)
                    / results.median(name(), smaller, EngineWay.NAME, figure);
            results.add(Target.atMost(name(), largest, figure + ", times that of " + smaller, FLAT, ratio));
        }
    }
}
