package dev.migrator.bench;

import dev.migrator.test.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What an application feels while a column is filled beside it. */
final class BesideScenario implements Scenario {

    private static final Duration WARM_UP = Duration.ofSeconds(3);

    @Override
    public String name() {
        return "beside";
    }

    @Override
    public String description() {
        return "an application's latencies before and during a fill, or beside what only takes its share of the machine, from the"
                + " moment that each request was due";
    }

    @Override
    public void run(Bench bench) throws SQLException, InterruptedException {
        Options options = bench.options();
        List<Way> ways = new ArrayList<>(Way.all(options));
        ways.addAll(Burden.all(options.time()));
        for (int round = 1; round <= options.rounds(); round++) {
            for (Way way : Bench.rotated(ways, round)) {
                try (TestDatabase db = bench.site().items(options.layout(), options.rows())) {
                    Map<String, Double> figures = measure(bench, db, way);
                    bench.add(new Round(name(), options.layout().label(), way.name(), round, figures));
                }
            }
        }
        targets(bench.results(), options.layout().label());
    }

    private static Map<String, Double> measure(Bench bench, TestDatabase db, Way way)
            throws SQLException, InterruptedException {
        Options options = bench.options();
        Latencies before;
        Latencies preparing;
        Latencies during;
        double seconds;
        try (OpenLoop loop =
                new OpenLoop(Mixed.on(db, options.layout(), options.rows()), options.connections(), options.rate())) {
            Thread.sleep(WARM_UP.toMillis());
            loop.lap();
            Thread.sleep(options.time().toMillis());
            before = loop.lap();
            way.prepare(db);
            db.executeAsSuperuser("CHECKPOINT");
            preparing = loop.lap();
            long begin = System.nanoTime();
            way.fill(db);
            seconds = (System.nanoTime() - begin) / 1e9;
            during = loop.lap();
        }
        for (Latencies period : List.of(before, preparing, during)) {
            if (period.failures() > 0) {
                bench.out().println("  " + way.name() + ": " + period.explanation());
            }
        }
        long wrong = way.fills() ? Items.wrong(db) : 0;
        if (way.keepsInStep() && wrong > 0) {
            throw new IllegalStateException("After %s %d rows are wrong.".formatted(way.name(), wrong));
        }
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("seconds", seconds);
        figures.put("before/s", before.rate(options.time()));
        figures.put("during/s", during.requests() / seconds);
        figures.putAll(before.figures("before "));
        figures.putAll(during.figures("during "));
        figures.put("failed", (double) (preparing.failures() + during.failures()));
        if (way.fills()) {
            figures.put("rows not in step", (double) wrong);
        }
        return figures;
    }

    private void targets(Results results, String variant) {
        double before = results.median(name(), variant, EngineWay.NAME, "before p99 ms");
        double during = results.median(name(), variant, EngineWay.NAME, "during p99 ms");
        double slowest = results.median(name(), variant, EngineWay.NAME, "during slowest ms");
        double failed = results.median(name(), variant, EngineWay.NAME, "failed");
        results.add(Target.atMost(name(), variant, "p99 during, times that before", 2, during / before));
        results.add(Target.atMost(name(), variant, "slowest request in ms", 100, slowest));
        results.add(Target.atMost(name(), variant, "failed statements", 0, failed));
    }
}
