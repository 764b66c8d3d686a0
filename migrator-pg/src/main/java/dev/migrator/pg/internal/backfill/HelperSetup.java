package dev.migrator.pg.internal.backfill;

import dev.migrator.engine.Pace;
import dev.migrator.engine.StepState;
import dev.migrator.pg.internal.state.StateSql;
import dev.migrator.pg.internal.throttle.ThrottleSetup;
import dev.migrator.pg.internal.transact.ExecutorSettings;
import java.util.List;
import java.util.function.Function;
import javax.sql.DataSource;

/**
 * What one who helps goes by.
 *
 * @param name tells it from all other workers
 * @param source where its connections come from
 * @param sql the state tables
 * @param steps the recorded steps of a migration
 * @param settings how gentle and how patient it is
 * @param throttles what the backfill of a migration looks at between batches
 * @param pace how it waits
 */
public record HelperSetup(
        String name,
        DataSource source,
        StateSql sql,
        Function<String, List<StepState>> steps,
        ExecutorSettings settings,
        Function<String, ThrottleSetup> throttles,
        Pace pace) {}
