package dev.migrator.bench;

import dev.migrator.test.ReplicaServer;
import dev.migrator.test.TestDatabase;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How far a streaming replica falls behind during a backfill, with and without the throttle. */
final class ReplicaScenario implements Scenario {

    private static final double LIMIT_SECONDS = 2;

    /** The engine looks about once a second, and a batch that is under way ends first. */
    private static final double SLACK_SECONDS = 2;

    private static final String WITHOUT = "without a throttle";
    private static final String WITH = "pauseAboveReplicaLag: 2s";

    private enum Kind {
        STRONG("a replica as strong as its primary"),
        WEAK("a replica that applies a tenth of the time");

        private final String label;

        Kind(String label) {
            this.label = label;
        }
    }

    @Override
    public String name() {
        return "replica";
    }

    @Override
    public String description() {
        return "a streaming replica's lag during the engine's backfill";
    }

    @Override
    public void run(Bench bench) throws SQLException {
        Options options = bench.options();
        String workers = "workers: " + options.workers();
        List<EngineWay> ways =
                List.of(new EngineWay(WITHOUT, workers), new EngineWay(WITH, workers + ", pauseAboveReplicaLag: 2s"));
        try (ReplicaServer replica = ReplicaServer.of(bench.site().server(), "replica")) {
            for (int round = 1; round <= options.rounds(); round++) {
                for (Kind kind : Kind.values()) {
                    for (EngineWay way : Bench.rotated(ways, round)) {
                        try (TestDatabase db = bench.site().items(options.layout(), options.rows())) {
                            // Who may not look at standbys does not know their lag, which counts as too much.
                            db.executeAsSuperuser("GRANT pg_monitor TO \"%s\"".formatted(db.user()));
                            bench.add(new Round(
                                    name(), kind.label, way.name(), round, measure(db, way, replica, kind, options)));
                        }
                    }
                }
            }
        }
        targets(bench.results());
    }

    private static Map<String, Double> measure(
            TestDatabase db, EngineWay way, ReplicaServer replica, Kind kind, Options options) throws SQLException {
        way.prepare(db);
        db.executeAsSuperuser("CHECKPOINT");
        replica.awaitCaughtUp();
        Map<String, Double> figures = new LinkedHashMap<>();
        try (LagSampler sampler = new LagSampler(db, replica.name())) {
            double seconds = fill(db, way, replica, kind);
            figures.put("seconds", seconds);
            figures.put("rows/s", options.rows() / seconds);
            figures.putAll(sampler.stop().figures());
        }
        long begin = System.nanoTime();
        replica.awaitCaughtUp();
        figures.put("s to catch up", (System.nanoTime() - begin) / 1e9);
        return figures;
    }

    private static double fill(TestDatabase db, EngineWay way, ReplicaServer replica, Kind kind) {
        long begin = System.nanoTime();
        if (kind == Kind.STRONG) {
            way.fill(db);
        } else {
            try (SlowReplica slow = new SlowReplica(replica)) {
                way.fill(db);
                return (System.nanoTime() - begin) / 1e9;
            }
        }
        return (System.nanoTime() - begin) / 1e9;
    }

    private void targets(Results results) {
        for (Kind kind : Kind.values()) {
            double longest = results.median(name(), kind.label, WITH, "lag s, longest");
            results.add(Target.atMost(
                    name(), kind.label, "longest lag in s with " + WITH, LIMIT_SECONDS + SLACK_SECONDS, longest));
        }
    }
}
