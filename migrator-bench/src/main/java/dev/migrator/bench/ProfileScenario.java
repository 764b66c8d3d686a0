package dev.migrator.bench;

import dev.migrator.test.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the engine's time and log go: the plan of a batch as the server ran it (EXPLAIN ANALYZE, BUFFERS, WAL by {@code
 * auto_explain}), and the log by kinds of records ({@code pg_walinspect}). Its times are not those of the other scenarios:
 * explaining costs time itself.
 */
final class ProfileScenario implements Scenario {

    @Override
    public String name() {
        return "profile";
    }

    @Override
    public String description() {
        return "one backfill of the engine, explained";
    }

    @Override
    public void run(Bench bench) throws SQLException, IOException {
        Options options = bench.options();
        EngineWay engine = EngineWay.of(options);
        for (Layout layout : options.layouts()) {
            try (TestDatabase db = bench.site().items(layout, options.rows())) {
                Path log = bench.site().server().logFile().orElseThrow();
                long logBefore = Files.size(log);
                explain(db);
                String before = db.queryString("SELECT pg_current_wal_insert_lsn()");
                Map<String, Double> figures = new LinkedHashMap<>(Fill.measure(db, engine, options.rows()));
                String after = db.queryString("SELECT pg_current_wal_insert_lsn()");
                ExplainedBatches batches = ExplainedBatches.in(log, logBefore);
                figures.putAll(batches.figures());
                bench.add(new Round(name(), layout.label(), EngineWay.NAME, 1, figures));
                batches.middle().ifPresent(plan -> bench.out().printf("%n  The batch of the median time:%n%s%n", plan));
                records(bench, db, before, after);
            }
        }
    }

    private static void explain(TestDatabase db) {
        String role = "ALTER ROLE \"%s\" SET ".formatted(db.user());
        db.executeAsSuperuser(
                role + "session_preload_libraries = 'auto_explain'",
                role + "auto_explain.log_min_duration = 0",
                role + "auto_explain.log_analyze = on",
                role + "auto_explain.log_buffers = on",
                role + "auto_explain.log_wal = on",
                role + "auto_explain.log_triggers = on");
    }

    private static void records(Bench bench, TestDatabase db, String from, String to) {
        boolean available =
                db.queryBoolean("SELECT EXISTS (SELECT 1 FROM pg_available_extensions WHERE name = 'pg_walinspect')");
        if (!available) {
            bench.out().println("  The log by kinds of records: this server has no pg_walinspect.");
            return;
        }
        db.executeAsSuperuser("CREATE EXTENSION pg_walinspect");
        db.executeAsSuperuser(
                """
                CREATE VIEW records AS
                SELECT "resource_manager/record_type" AS record, count, combined_size, fpi_size
                  FROM pg_get_wal_stats('%s', '%s', true)
                """
                        .formatted(from, to),
                "GRANT SELECT ON records TO PUBLIC",
                "GRANT pg_read_server_files TO \"%s\"".formatted(db.user()),
                "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO PUBLIC");
        bench.out().printf("%n  %-32s %12s %10s %18s%n", "records", "count", "MB", "of it full pages");
        for (List<String> row : db.queryRows(
                """
                SELECT record, count, round(combined_size / 1e6, 1), round(fpi_size / 1e6, 1)
                  FROM records WHERE count > 0 ORDER BY combined_size DESC LIMIT 15
                """)) {
            bench.out().printf("  %-32s %12s %10s %18s%n", row.toArray());
        }
    }
}
