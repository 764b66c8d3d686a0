package dev.migrator.pg;

import dev.migrator.BackfillSettings;
import dev.migrator.Identifier;
import dev.migrator.Migration;
import dev.migrator.engine.Engine;
import dev.migrator.engine.EngineListener;
import dev.migrator.engine.EngineSettings;
import dev.migrator.engine.Pace;
import dev.migrator.engine.Planner;
import dev.migrator.engine.StepExecutor;
import dev.migrator.pg.internal.backfill.Helper;
import dev.migrator.pg.internal.backfill.HelperSetup;
import dev.migrator.pg.internal.execute.PgExecutor;
import dev.migrator.pg.internal.plan.PgFingerprinter;
import dev.migrator.pg.internal.plan.PgPlanner;
import dev.migrator.pg.internal.state.PgStore;
import dev.migrator.pg.internal.throttle.ThrottleSetup;
import dev.migrator.pg.internal.transact.ExecutorSettings;
import dev.migrator.throttle.ThrottleSignal;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts an engine together for a migration: the parts are the same, but each migration says how its backfills run. */
final class Engines {
    private static final Logger LOG = LoggerFactory.getLogger(Engines.class);

    private final DataSource source;
    private final DataSource direct;
    private final PgStore store;
    private final Planner planner;
    private final ExecutorSettings executorSettings;
    private final EngineSettings engineSettings;
    private final EngineListener listener;
    private final List<ThrottleSignal> signals;
    private final String release;
    private final Set<String> undefined = ConcurrentHashMap.newKeySet();

    Engines(PostgresMigratorBuilder builder, PgStore store) {
        this.source = builder.source;
        this.direct = builder.direct.orElse(builder.source);
        this.store = store;
        this.planner = new PgPlanner(source, Identifier.of(builder.stateSchema), builder.freeSpace);
        this.executorSettings = ExecutorSettings.defaults()
                .withMaxStall(builder.maxStall)
                .withLockDeadline(builder.lockDeadline)
                .withTransforms(builder.transforms);
        this.engineSettings =
                new EngineSettings(owner(), builder.leaseTime, builder.leaseWait, builder.retryFor, builder.gates);
        this.listener = builder.listener;
        this.signals = List.copyOf(builder.signals);
        this.release = builder.release;
    }

    static String owner() {
        String host = System.getenv().getOrDefault("HOSTNAME", "localhost");
        String random = UUID.randomUUID().toString().substring(0, 8);
        return host + "/" + ProcessHandle.current().pid() + "/" + random;
    }

    Planner planner() {
        return planner;
    }

    StepExecutor executor(Migration migration) {
        return executor(Optional.of(migration));
    }

    private StepExecutor executor(Optional<Migration> definition) {
        return new PgExecutor(
                source,
                direct,
                store.sql(),
                settings(definition.map(Migration::backfill)),
                Pace.system(),
                new PgFingerprinter(source),
                setup(definition.map(Migration::backfill)));
    }

    private ThrottleSetup setup(Optional<BackfillSettings> backfill) {
        return ThrottleSetup.of(backfill.orElseGet(BackfillSettings::defaults))
                .withOwn(signals)
                .withRelease(release);
    }

    /** How the backfill of a migration runs. */
    private ExecutorSettings settings(Optional<BackfillSettings> backfill) {
        return executorSettings.withBackfill(backfill.orElseGet(BackfillSettings::defaults));
    }

    /** One who helps with the backfills of other engines, as the migration's definition says if it is at hand. */
    Helper helper(int number, Function<String, Optional<Migration>> definition) {
        return new Helper(new HelperSetup(
                owner() + "/helper " + number,
                source,
                store.sql(),
                store::steps,
                executorSettings,
                id -> setup(known(id, definition.apply(id)).map(Migration::backfill)),
                Pace.system()));
    }

    /** Without it a helper would do more than the engine that it helps may do, and nobody would know why. */
    private Optional<Migration> known(String id, Optional<Migration> definition) {
        if (definition.isEmpty() && undefined.add(id)) {
            LOG.warn(
                    "Migration {}: its definition is not at hand, so what helps with its backfill keeps to the default settings"
                            + " and to what `migrator tune` says, not to the settings of its file: give it the file",
                    id);
        }
        return definition;
    }

    Engine engine(Migration migration) {
        return engine(Optional.of(migration));
    }

    /** An engine that stops, as if it were paused, when it is told to. */
    Engine engine(Migration migration, BooleanSupplier stopped) {
        Optional<Migration> definition = Optional.of(migration);
        return new Engine(
                store, executor(definition), planner, Pace.system(), engineSettings.stoppedBy(stopped), listener);
    }

    /** An engine for what needs no more than the record. */
    Engine engine(Optional<Migration> definition) {
        return new Engine(store, executor(definition), planner, Pace.system(), engineSettings, listener);
    }
}
