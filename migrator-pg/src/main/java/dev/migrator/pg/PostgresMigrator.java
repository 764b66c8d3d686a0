package dev.migrator.pg;

import dev.migrator.Direction;
import dev.migrator.Identifier;
import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.Status;
import dev.migrator.TableRef;
import dev.migrator.engine.CompareReport;
import dev.migrator.engine.Engine;
import dev.migrator.engine.EngineListener;
import dev.migrator.engine.EngineSettings;
import dev.migrator.engine.ErrorClass;
import dev.migrator.engine.Event;
import dev.migrator.engine.MigrationState;
import dev.migrator.engine.Outcome;
import dev.migrator.engine.Pace;
import dev.migrator.engine.Progress;
import dev.migrator.engine.StepControl;
import dev.migrator.engine.StepFailure;
import dev.migrator.engine.Waiting;
import dev.migrator.pg.internal.execute.ExecutorSettings;
import dev.migrator.pg.internal.execute.PgExecutor;
import dev.migrator.pg.internal.plan.PgFingerprinter;
import dev.migrator.pg.internal.plan.PgOutgrown;
import dev.migrator.pg.internal.plan.PgPlanner;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.state.PgStore;
import dev.migrator.pg.internal.state.StateSchema;
import dev.migrator.plan.Plan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import javax.sql.DataSource;

/**
 * Runs migrations on one PostgreSQL database: embedded in an application's start, in a job, in a test.
 *
 * <p>Needs PostgreSQL 14 or later and the rights of the tables' owner (no superuser): {@code CREATE} on the database for the
 * state schema, {@code CREATE} on the tables' schemas, {@code TEMPORARY} on the database. Takes at most three connections at a
 * time. Connections with pgjdbc's {@code preferQueryMode=extendedForPrepared} get every lock-holding step as a single protocol
 * message; others get it in one burst.
 *
 * <p>Thread-safe; any number of processes may run the same migrations at once: one works, the others wait for it.
 */
public final class PostgresMigrator {
    private final DataSource source;
    private final List<Migration> migrations;
    private final StateSchema stateSchema;
    private final PgStore store;
    private final PgPlanner planner;
    private final DataSource direct;
    private final ExecutorSettings settings;
    private final EngineSettings engineSettings;
    private final EngineListener listener;
    private final StatusReader status;

    PostgresMigrator(PostgresMigratorBuilder builder) {
        this.source = builder.source;
        this.migrations = builder.migrations;
        Identifier schema = Identifier.of(builder.stateSchema);
        this.stateSchema = new StateSchema(source, schema);
        String target = databaseName(source);
        this.store = new PgStore(source, schema, target, builder.release);
        this.settings = ExecutorSettings.defaults()
                .withMaxStall(builder.maxStall)
                .withLockDeadline(builder.lockDeadline);
        this.direct = builder.direct.orElse(source);
        this.planner = new PgPlanner(source, schema);
        EngineSettings defaults = EngineSettings.of(owner());
        this.engineSettings =
                new EngineSettings(defaults.owner(), builder.leaseTime, builder.leaseWait, defaults.retryFor());
        this.listener = builder.listener;
        this.status = new StatusReader(source, schema, target, store, stateSchema);
    }

    /** Collects what a migrator needs; the source may be any pool that has three connections to spare. */
    public static PostgresMigratorBuilder builder(DataSource source) {
        return new PostgresMigratorBuilder(source);
    }

    private static String owner() {
        String host = System.getenv().getOrDefault("HOSTNAME", "localhost");
        String random = UUID.randomUUID().toString().substring(0, 8);
        return host + "/" + ProcessHandle.current().pid() + "/" + random;
    }

    private PgExecutor executor(Migration migration) {
        return new PgExecutor(
                source,
                direct,
                store.sql(),
                settings.withBatchTarget(migration.backfill().batchTarget()),
                Pace.system(),
                new PgFingerprinter(source),
                new PgOutgrown(source));
    }

    private Engine engine(Migration migration) {
        return new Engine(store, executor(migration), planner, Pace.system(), engineSettings, listener);
    }

    private static String databaseName(DataSource source) {
        return Session.with(
                source, session -> session.query("SELECT pg_catalog.current_database() AS name").get(0).text("name"));
    }

    /** The migrations with these ids, in their order; all if none is named. */
    private List<Migration> select(String... ids) {
        List<String> wanted = Arrays.asList(ids);
        wanted.forEach(this::find);
        return migrations.stream()
                .filter(migration -> ids.length == 0 || wanted.contains(migration.id()))
                .toList();
    }

    private Migration find(String id) {
        return migrations.stream()
                .filter(migration -> migration.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new UnknownMigrationException(
                        id, migrations.stream().map(Migration::id).toList()));
    }

    /**
     * Plans migrations as they would run if they started now, and changes nothing.
     *
     * @throws dev.migrator.engine.PlanRefusedException with all findings, for the first one that can't be run
     * @throws UnknownMigrationException if there is none with one of the ids
     */
    public List<Plan> plan(String... ids) {
        return select(ids).stream().map(planner::plan).toList();
    }

    /** Advances all migrations as far as their gates allow. */
    public List<MigrationResult> migrate() {
        return migrate(Phase.PURGE);
    }

    /**
     * Advances migrations, one after the other, to the end of a phase or as far as their gates allow. Stops at the first
     * that fails. One that was rolled back starts again only if it is named. One that has not started yet waits while an
     * earlier one that touches the same table is not finished.
     *
     * @throws UnknownMigrationException if there is none with one of the ids; nothing was done then
     */
    public List<MigrationResult> migrate(Phase to, String... ids) {
        List<Migration> selected = select(ids);
        stateSchema.install();
        List<MigrationResult> results = new ArrayList<>();
        for (Migration migration : selected) {
            Optional<Outcome> order = waitsForEarlier(migration);
            Outcome outcome = order.orElseGet(() -> engine(migration).migrate(migration, to, ids.length > 0));
            results.add(new MigrationResult(migration.id(), outcome));
            if (outcome instanceof Outcome.Failed) {
                break;
            }
        }
        return List.copyOf(results);
    }

    private Optional<Outcome> waitsForEarlier(Migration migration) {
        Optional<MigrationState> own = store.find(migration.id());
        if (own.isPresent() && !own.get().isRolledBack()) {
            return Optional.empty();
        }
        Set<TableRef> tables = tables(migration);
        for (Migration earlier : migrations) {
            if (earlier == migration) {
                break;
            }
            Optional<MigrationState> state = store.find(earlier.id());
            boolean open = state.isPresent()
                    && !state.get().isFinished()
                    && !state.get().isRolledBack();
            Set<TableRef> shared = new HashSet<>(tables(earlier));
            shared.retainAll(tables);
            if (open && !shared.isEmpty()) {
                String table = shared.iterator().next().name().value();
                return Optional.of(new Outcome.Waits(
                        Phase.EXPAND,
                        List.of(new Waiting(
                                "order",
                                "migration " + earlier.id() + " works on table " + table + ", too, and stands at "
                                        + state.get().position()))));
            }
        }
        return Optional.empty();
    }

    private static Set<TableRef> tables(Migration migration) {
        Set<TableRef> tables = new HashSet<>();
        migration.operations().forEach(operation -> operation
                .onTable()
                .ifPresent(table -> tables.add(new TableRef(table.schema().or(migration::schema), table.name()))));
        return tables;
    }

    /** Where migrations stand; reads only. */
    public List<MigrationStatus> status(String... ids) {
        return status.of(select(ids));
    }

    /**
     * Records that a person lets a phase begin.
     *
     * @param by who, beside the database session's own user
     */
    public void approve(String id, Phase phase, String by, String reason) {
        Migration migration = find(id);
        stateSchema.install();
        store.approve(id, phase, migration.checksum(), by, reason);
    }

    /** Asks a migration to pause; an engine at work stops within one batch, in whichever process it runs. */
    public void pause(String id) {
        find(id);
        stateSchema.install();
        store.setPaused(id, true);
    }

    /** Lets a paused migration go on with the next {@link #migrate}. */
    public void resume(String id) {
        find(id);
        stateSchema.install();
        store.setPaused(id, false);
    }

    /**
     * Walks a migration back, to the end of a phase or to before EXPAND.
     *
     * @param to the phase that is complete afterwards; empty: to before EXPAND
     */
    public Outcome rollback(String id, Optional<Phase> to) {
        Migration migration = find(id);
        stateSchema.install();
        return engine(migration).rollback(migration, to);
    }

    /**
     * Compares the two shapes of every row now. Reads every row once, in pieces, under {@code ACCESS SHARE}.
     *
     * @param progress told how far it has come
     */
    public CompareReport verify(String id, Consumer<Progress> progress) {
        Migration migration = find(id);
        MigrationState state = (stateSchema.isInstalled() ? store.find(id) : Optional.<MigrationState>empty())
                .filter(found -> found.direction() == Direction.FORWARD || found.status() != Status.PENDING)
                .orElseThrow(() -> new StepFailure(
                        ErrorClass.PERMANENT,
                        "",
                        "Migration " + id + " has not started, so there are no two shapes to compare.",
                        Optional.empty()));
        return executor(migration).compare(state, store.steps(id), new StepControl() {
            @Override
            public void checkpoint() {
                // A comparison changes nothing and is not stopped by a pause.
            }

            @Override
            public void progress(Progress current) {
                progress.accept(current);
            }
        });
    }

    /** Everything that happened to a migration, in order. */
    public List<Event> history(String id) {
        find(id);
        return stateSchema.isInstalled() ? store.history(id) : List.of();
    }
}
