package dev.migrator.bench;

import dev.migrator.test.TestDatabase;
import java.sql.SQLException;
import java.util.List;

/** How fast each way fills a table that nobody else uses, what it writes for that, and what it leaves. */
final class WaysScenario implements Scenario {

    @Override
    public String name() {
        return "ways";
    }

    @Override
    public String description() {
        return "the ways to fill a column, one after the other";
    }

    @Override
    public void run(Bench bench) throws SQLException {
        Options options = bench.options();
        if (!PgrollWay.isInstalled()) {
            bench.out().println("  pgroll: not found on the path");
        }
        List<Way> ways = Way.all(options);
        for (int round = 1; round <= options.rounds(); round++) {
            for (Layout layout : options.layouts()) {
                for (Way way : Bench.rotated(ways, round)) {
                    try (TestDatabase db = bench.site().items(layout, options.rows())) {
                        bench.add(new Round(
                                name(), layout.label(), way.name(), round, Fill.measure(db, way, options.rows())));
                    }
                }
            }
        }
        options.layouts().forEach(layout -> targets(bench.results(), layout.label()));
    }

    private void targets(Results results, String variant) {
        double seconds = results.median(name(), variant, EngineWay.NAME, "seconds");
        double plain = results.median(name(), variant, PlainUpdate.NAME, "seconds");
        double touches = results.median(name(), variant, TriggerTouches.NAME, "seconds");
        double wal = results.median(name(), variant, EngineWay.NAME, "WAL MB")
                / results.median(name(), variant, PlainUpdate.NAME, "WAL MB");
        double growth = results.median(name(), variant, EngineWay.NAME, "size +%");
        results.add(Target.atLeast(name(), variant, "speed, times that of a plain UPDATE", 1.3, plain / seconds));
        results.add(Target.atLeast(name(), variant, "speed, times that of row-trigger touches", 2, touches / seconds));
        results.add(Target.atMost(name(), variant, "WAL, times that of a plain UPDATE", 0.6, wal));
        results.add(Target.atMost(name(), variant, "growth in %", 20, growth));
    }
}
