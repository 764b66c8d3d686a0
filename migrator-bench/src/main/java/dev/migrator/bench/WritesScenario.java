package dev.migrator.bench;

import dev.migrator.Phase;
import dev.migrator.test.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** What the sync triggers cost an application's own writes: the old release's until CONTRACT, the new one's after it. */
final class WritesScenario implements Scenario {

    private static final List<String> COMMITS = List.of("on", "off");
    private static final Duration WARM_UP = Duration.ofSeconds(1);

    private enum Stage {
        WITHOUT("without a migration"),
        EXPANDED("after EXPAND"),
        CONTRACTED("after CONTRACT");

        private final String label;

        Stage(String label) {
            this.label = label;
        }
    }

    private enum Kind {
        UPDATE,
        INSERT;

        String sql(Layout layout, Stage stage) {
            boolean contracted = stage == Stage.CONTRACTED;
            return switch (this) {
                case UPDATE ->
                    "UPDATE items SET %s WHERE id = %s"
                            .formatted(contracted ? "cents = cents + 100" : "amount = amount + 1", layout.key("?"));
                case INSERT -> contracted ? Items.insertOneAfterContract(layout) : Items.insertOne(layout);
            };
        }

        /** Which row: one of those that are there, or a new one. */
        long row(long number, long rows) {
            return this == UPDATE ? 1 + Long.remainderUnsigned(Mixed.scattered(number), rows) : rows + 1 + number;
        }
    }

    @Override
    public String name() {
        return "writes";
    }

    @Override
    public String description() {
        return "single-row statements, one after the other on each connection, with and without sync triggers;"
                + " with synchronous_commit = off the disk does not hide what they cost";
    }

    @Override
    public void run(Bench bench) throws SQLException, InterruptedException {
        Options options = bench.options();
        for (int round = 1; round <= options.rounds(); round++) {
            for (Stage stage : Bench.rotated(List.of(Stage.values()), round)) {
                try (TestDatabase db = bench.site().items(options.layout(), options.rows())) {
                    enter(stage, db);
                    measure(bench, stage, round, db);
                }
            }
        }
    }

    private void measure(Bench bench, Stage stage, int round, TestDatabase db)
            throws SQLException, InterruptedException {
        AtomicLong numbers = new AtomicLong();
        for (Kind kind : Kind.values()) {
            for (String commit : COMMITS) {
                String variant = "%s, synchronous_commit = %s".formatted(kind, commit);
                Requests.Factory writes = () -> new Writes(db, kind, stage, bench.options(), commit);
                bench.add(new Round(name(), variant, stage.label, round, measure(bench, writes, numbers)));
            }
        }
    }

    private static void enter(Stage stage, TestDatabase db) {
        EngineWay engine = EngineWay.with(1);
        switch (stage) {
            case WITHOUT -> {}
            case EXPANDED -> engine.migrate(db, Phase.EXPAND);
            case CONTRACTED -> engine.migrate(db, Phase.CONTRACT);
        }
        db.executeAsSuperuser("CHECKPOINT");
    }

    private static Map<String, Double> measure(Bench bench, Requests.Factory writes, AtomicLong numbers)
            throws SQLException, InterruptedException {
        Options options = bench.options();
        Duration time = options.time().dividedBy(4);
        ClosedLoop.run(writes, options.connections(), numbers, WARM_UP);
        Latencies alone = ClosedLoop.run(writes, 1, numbers, time);
        Latencies many = ClosedLoop.run(writes, options.connections(), numbers, time);
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("p50 ms", alone.milliseconds(50));
        figures.put("p99 ms", alone.milliseconds(99));
        figures.put("1 connection/s", alone.rate(time));
        figures.put(options.connections() + " connections/s", many.rate(time));
        figures.put("failed", (double) (alone.failures() + many.failures()));
        for (Latencies latencies : List.of(alone, many)) {
            if (latencies.failures() > 0) {
                bench.out().println("  " + latencies.explanation());
            }
        }
        return figures;
    }

    private static final class Writes implements Requests {
        private final Connection connection;
        private final PreparedStatement write;
        private final Kind kind;
        private final long rows;

        Writes(TestDatabase db, Kind kind, Stage stage, Options options, String commit) throws SQLException {
            this.kind = kind;
            this.rows = options.rows();
            this.connection = db.connect();
            try (Statement setting = connection.createStatement()) {
                setting.execute("SET synchronous_commit = " + commit);
            }
            this.write = connection.prepareStatement(kind.sql(options.layout(), stage));
        }

        @Override
        public void answer(long number) throws SQLException {
            write.setLong(1, kind.row(number, rows));
            if (write.executeUpdate() != 1) {
                throw new SQLException(kind + " of number " + number + " wrote no row");
            }
        }

        @Override
        public void close() throws SQLException {
            connection.close();
        }
    }
}
