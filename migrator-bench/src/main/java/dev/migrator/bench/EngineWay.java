package dev.migrator.bench;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.migrator.Phase;
import dev.migrator.engine.Outcome;
import dev.migrator.pg.MigrationResult;
import dev.migrator.pg.PostgresMigrator;
import dev.migrator.test.TestDatabase;
import java.util.List;
import java.util.Map;

/**
 * The engine, through its public interface, as an application calls it at its start.
 *
 * @param name its name in the results
 * @param settings what the migration's file says under {@code backfill}
 */
record EngineWay(String name, String settings) implements Way {

    static final String NAME = "migrator";

    /** With its defaults, but for the number of workers. */
    static EngineWay with(int workers) {
        return new EngineWay(NAME, "workers: " + workers);
    }

    /** With the settings that were asked for. */
    static EngineWay of(Options options) {
        String more = options.backfill().isEmpty() ? "" : ", " + options.backfill();
        return new EngineWay(NAME, "workers: " + options.workers() + more);
    }

    @Override
    public void prepare(TestDatabase db) {
        migrate(db, Phase.EXPAND);
    }

    @Override
    public void fill(TestDatabase db) {
        migrate(db, Phase.BACKFILL);
    }

    /** Goes on to the end of a phase. */
    void migrate(TestDatabase db, Phase phase) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(db.dataSource(Map.of("preferQueryMode", "extendedForPrepared")));
        config.setMaximumPoolSize(4 + 64);
        config.setMinimumIdle(1);
        try (HikariDataSource pool = new HikariDataSource(config)) {
            List<MigrationResult> results = PostgresMigrator.builder(pool)
                    .migrations(List.of(Items.migration(settings)))
                    .build()
                    .migrate(phase);
            for (MigrationResult result : results) {
                if (!(result.outcome() instanceof Outcome.Arrived)) {
                    throw new IllegalStateException("%s to %s: %s".formatted(result.id(), phase, result.outcome()));
                }
            }
        }
    }

    @Override
    public boolean keepsInStep() {
        return true;
    }
}
