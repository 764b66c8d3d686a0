package dev.migrator.bench;

import dev.migrator.test.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How often an application's transactions under REPEATABLE READ and SERIALIZABLE have to be tried again since a row that they
 * update was written meanwhile (40001): among themselves, and beside a fill.
 */
final class ConflictsScenario implements Scenario {

    private static final String SERIALIZATION_FAILURE = "40001";

    private enum Isolation {
        REPEATABLE_READ(Connection.TRANSACTION_REPEATABLE_READ),
        SERIALIZABLE(Connection.TRANSACTION_SERIALIZABLE);

        private final int level;

        Isolation(int level) {
            this.level = level;
        }
    }

    @Override
    public String name() {
        return "conflicts";
    }

    @Override
    public String description() {
        return "40001 in transactions that read a random row and then update it, with and without a fill beside them";
    }

    @Override
    public void run(Bench bench) throws SQLException, InterruptedException {
        Options options = bench.options();
        List<Way> ways = List.of(EngineWay.of(options), new TriggerTouches());
        for (int round = 1; round <= options.rounds(); round++) {
            for (Isolation isolation : Isolation.values()) {
                for (Way way : Bench.rotated(ways, round)) {
                    try (TestDatabase db = bench.site().items(options.layout(), options.rows())) {
                        way.prepare(db);
                        measure(bench, round, isolation, way, db);
                    }
                }
            }
        }
    }

    private void measure(Bench bench, int round, Isolation isolation, Way way, TestDatabase db)
            throws SQLException, InterruptedException {
        Options options = bench.options();
        AtomicLong numbers = new AtomicLong();
        AtomicLong conflicts = new AtomicLong();
        Requests.Factory updates = () -> new Updates(db, options, isolation, conflicts);
        Duration time = options.time().dividedBy(2);
        Latencies before = ClosedLoop.run(updates, options.connections(), numbers, time);
        add(bench, round, isolation, way.name() + ", before", before, conflicts.getAndSet(0), time);

        long begin = System.nanoTime();
        try (ClosedLoop loop = ClosedLoop.start(updates, options.connections(), numbers)) {
            way.fill(db);
            Duration taken = Duration.ofNanos(System.nanoTime() - begin);
            loop.close();
            add(bench, round, isolation, way.name() + ", during", loop.latencies(), conflicts.get(), taken);
        }
    }

    private void add(
            Bench bench,
            int round,
            Isolation isolation,
            String subject,
            Latencies latencies,
            long conflicts,
            Duration time) {
        long transactions = latencies.requests() + latencies.failures();
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("transactions", (double) transactions);
        figures.put("a second", transactions / (time.toNanos() / 1e9));
        figures.put("40001", (double) conflicts);
        figures.put("40001 of 1000", 1000.0 * conflicts / Math.max(1, transactions));
        figures.put("other failures", (double) (latencies.failures() - conflicts));
        bench.add(new Round(name(), isolation.name().replace('_', ' '), subject, round, figures));
    }

    private static final class Updates implements Requests {
        private final Connection connection;
        private final PreparedStatement select;
        private final PreparedStatement update;
        private final AtomicLong conflicts;
        private final long rows;

        Updates(TestDatabase db, Options options, Isolation isolation, AtomicLong conflicts) throws SQLException {
            this.conflicts = conflicts;
            this.rows = options.rows();
            this.connection = db.connect();
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(isolation.level);
            String where = " WHERE id = " + options.layout().key("?");
            this.select = connection.prepareStatement("SELECT amount FROM items" + where);
            this.update = connection.prepareStatement("UPDATE items SET amount = mod(amount + 1, 10000)" + where);
        }

        @Override
        public void answer(long number) throws SQLException {
            long row = 1 + Long.remainderUnsigned(Mixed.scattered(number), rows);
            try {
                select.setLong(1, row);
                select.executeQuery().close();
                update.setLong(1, row);
                update.executeUpdate();
                connection.commit();
            } catch (SQLException e) {
                connection.rollback();
                if (SERIALIZATION_FAILURE.equals(e.getSQLState())) {
                    conflicts.incrementAndGet();
                }
                throw e;
            }
        }

        @Override
        public void close() throws SQLException {
            connection.close();
        }
    }
}
