package dev.migrator.bench;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.migrator.Migration;
import dev.migrator.Uses;
import dev.migrator.pg.ApplicationInstance;
import dev.migrator.pg.InstanceSettings;
import dev.migrator.pg.PostgresMigrator;
import dev.migrator.pg.StartSettings;
import dev.migrator.test.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.flywaydb.core.Flyway;

/** What an application's start costs when nothing is to be done, and what instances cost the server while they live. */
final class StartsScenario implements Scenario {
    private static final List<Integer> MIGRATIONS = List.of(10, 100);
    private static final int STARTS = 100;
    private static final int INSTANCES = 200;

    @Override
    public String name() {
        return "starts";
    }

    @Override
    public String description() {
        return "an application's start when nothing is to be done, beside Flyway's migrate, on connections that are open;"
                + " and the signs of life of " + INSTANCES + " instances";
    }

    @Override
    public void run(Bench bench) throws IOException, InterruptedException {
        for (int round = 1; round <= bench.options().rounds(); round++) {
            for (int migrations : MIGRATIONS) {
                try (TestDatabase db = bench.site().server().createDatabase()) {
                    starts(bench, db, migrations, round);
                }
            }
            try (TestDatabase db = bench.site().server().createDatabase()) {
                instances(bench, db, round);
            }
        }
    }

    private static HikariDataSource pool(TestDatabase db) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(db.dataSource());
        config.setMaximumPoolSize(10);
        return new HikariDataSource(config);
    }

    private static List<Migration> migrations(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(number -> Migration.builder("%04d_sql".formatted(number))
                        .sql(sql -> sql.expand("SELECT " + number))
                        .gates(dev.migrator.Phase.CONTRACT)
                        .gates(dev.migrator.Phase.PURGE)
                        .build())
                .toList();
    }

    private void starts(Bench bench, TestDatabase db, int count, int round) throws IOException {
        Path scripts = Files.createTempDirectory("flyway");
        for (int number = 1; number <= count; number++) {
            Files.writeString(scripts.resolve("V%d__sql.sql".formatted(number)), "SELECT " + number + ";");
        }
        String variant = count + " migrations";
        try (HikariDataSource pool = pool(db)) {
            List<Migration> migrations = migrations(count);
            PostgresMigrator.builder(pool).migrations(migrations).build().migrate();
            StartSettings settings =
                    StartSettings.of(InstanceSettings.defaults().withoutListening());
            bench.add(new Round(name(), variant, "migrator start", round, measure(() -> {
                long begun = System.nanoTime();
                ApplicationInstance instance = PostgresMigrator.builder(pool)
                        .migrations(migrations)
                        .build()
                        .start(settings);
                long nanos = System.nanoTime() - begun;
                instance.close();
                return nanos;
            })));
            Flyway.configure()
                    .dataSource(pool)
                    .locations("filesystem:" + scripts)
                    .load()
                    .migrate();
            bench.add(new Round(name(), variant, "Flyway migrate", round, measure(() -> {
                long begun = System.nanoTime();
                Flyway.configure()
                        .dataSource(pool)
                        .locations("filesystem:" + scripts)
                        .load()
                        .migrate();
                return System.nanoTime() - begun;
            })));
        } finally {
            try (var files = Files.list(scripts)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(scripts);
        }
    }

    @FunctionalInterface
    private interface Timed {
        long nanos();
    }

    private static Map<String, Double> measure(Timed start) {
        for (int i = 0; i < STARTS / 4; i++) {
            start.nanos();
        }
        Latencies latencies = new Latencies();
        for (int i = 0; i < STARTS; i++) {
            latencies.add(start.nanos());
        }
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("p50 ms", latencies.milliseconds(50));
        figures.put("p99 ms", latencies.milliseconds(99));
        return figures;
    }

    /** They beat as often as they can be told to, so that a beat's cost can be seen. */
    private void instances(Bench bench, TestDatabase db, int round) throws InterruptedException {
        db.executeAsSuperuser("ALTER DATABASE " + db.name() + " SET track_functions = 'pl'");
        InstanceSettings settings = InstanceSettings.defaults()
                .withLeaseTime(Duration.ofSeconds(3))
                .withoutListening()
                .withUses("0001_sql", Uses.BOTH);
        try (HikariDataSource pool = pool(db)) {
            PostgresMigrator migrator = PostgresMigrator.builder(pool)
                    .migrations(migrations(10))
                    .release("1.0")
                    .build();
            migrator.migrate();
            List<ApplicationInstance> live = new ArrayList<>();
            try {
                for (int i = 0; i < INSTANCES; i++) {
                    live.add(migrator.register(settings));
                }
                double wal = db.queryLong("SELECT pg_current_wal_lsn() - '0/0'");
                long calls = calls(db, "calls");
                long millis = calls(db, "total_time");
                Thread.sleep(bench.options().time().toMillis());
                double beats = calls(db, "calls") - calls;
                Map<String, Double> figures = new LinkedHashMap<>();
                figures.put("beats/s", beats / bench.options().time().toSeconds());
                figures.put("server ms/beat", (calls(db, "total_time") - millis) / beats);
                figures.put("WAL B/beat", (db.queryLong("SELECT pg_current_wal_lsn() - '0/0'") - wal) / beats);
                figures.put("late", (double)
                        live.stream().filter(one -> !one.isLive()).count());
                bench.add(new Round(name(), INSTANCES + " instances", "signs of life", round, figures));
            } finally {
                live.forEach(ApplicationInstance::close);
            }
        }
    }

    private static long calls(TestDatabase db, String figure) {
        return db.queryLong("SELECT COALESCE(sum(" + figure
                + "), 0)::bigint FROM pg_stat_user_functions WHERE funcname = 'heartbeat'");
    }
}
