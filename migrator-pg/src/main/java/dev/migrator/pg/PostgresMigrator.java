package dev.migrator.pg;

import dev.migrator.Identifier;
import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.engine.CompareReport;
import dev.migrator.engine.ErrorClass;
import dev.migrator.engine.Event;
import dev.migrator.engine.MigrationState;
import dev.migrator.engine.Outcome;
import dev.migrator.engine.Progress;
import dev.migrator.engine.RetryReport;
import dev.migrator.engine.StepFailure;
import dev.migrator.engine.Waiting;
import dev.migrator.pg.internal.state.PgStore;
import dev.migrator.pg.internal.state.StateSchema;
import dev.migrator.pg.internal.state.StateSql;
import dev.migrator.plan.Plan;
import dev.migrator.throttle.Knobs;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs migrations on one PostgreSQL database: embedded in an application's start, in a job, in a test.
 *
 * <p>Needs PostgreSQL 14 or later and the rights of the tables' owner (no superuser): {@code CREATE} on the database for the
 * state schema, {@code CREATE} on the tables' schemas, {@code TEMPORARY} on the database. Takes at most five connections at a
 * time, and one more for each worker of a backfill beyond the first. Connections with pgjdbc's {@code preferQueryMode=extendedForPrepared} get every lock-holding step as a single protocol
 * message; others get it in one burst.
 *
 * <p>Thread-safe; any number of processes may run the same migrations at once: one works, the others wait for it.
 */
public final class PostgresMigrator {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresMigrator.class);
    private static final Duration BETWEEN_WAYS_BACK = Duration.ofMinutes(1);

    private final Server server;
    private final StateSchema stateSchema;
    private final PgStore store;
    private final KnownMigrations known;
    private final Engines engines;
    private final Run run;
    private final StatusReader status;
    private final DataSource source;
    private final InstanceStarts starts;
    private final Map<String, Long> triedBack = new ConcurrentHashMap<>();

    PostgresMigrator(PostgresMigratorBuilder builder) {
        Identifier schema = Identifier.of(builder.stateSchema);
        this.server = new Server(builder.source);
        this.source = builder.source;
        this.stateSchema = new StateSchema(builder.source, schema);
        this.store = new PgStore(builder.source, schema, StateSql.DATABASE, builder.release);
        this.starts = new InstanceStarts(builder, this::install, store.sql());
        this.known = new KnownMigrations(builder.migrations, store);
        this.engines = new Engines(builder, store);
        this.run = new Run(new StartOrder(builder.migrations, store, server), engines, store);
        this.status = new StatusReader(builder.source, server, store, stateSchema, this::inTheWayOf);
    }

    /**
     * Collects what a migrator needs.
     *
     * @param source where connections come from: any pool that has five to spare
     * @return a builder with the defaults
     */
    public static PostgresMigratorBuilder builder(DataSource source) {
        return new PostgresMigratorBuilder(source);
    }

    /**
     * Plans migrations as they would run if they started now, and changes nothing. The plan of one that has started is the
     * one that was recorded then, which is what runs.
     *
     * @param ids the migrations; none: all
     * @return the plans, in the order of the migrations
     * @throws dev.migrator.engine.PlanRefusedException with all findings, for the first one that can't be run
     * @throws UnknownMigrationException if there is none with one of the ids
     */
    public List<Plan> plan(String... ids) {
        return known.select(ids).stream().map(run::plan).toList();
    }

    /**
     * Advances all migrations as far as their gates allow.
     *
     * @return how far each one came, as {@link #migrate(Phase, String...)} tells
     */
    public List<MigrationResult> migrate() {
        return migrate(Phase.PURGE);
    }

    /**
     * Advances migrations, one after the other in their order, to the end of a phase or as far as their gates allow. Stops at
     * the first that fails, for which a refusal by preflight counts, too. One that was rolled back starts again only if it is
     * named. One that has not started waits, as at a gate called {@code order}, while another one that names the same table
     * is under way, or comes before it and has not started either.
     *
     * <p>Installs the state schema if it is not there.
     *
     * @param to the last phase to complete
     * @param ids the migrations; none: all
     * @return how far each one came; those after one that failed are not in it
     * @throws UnknownMigrationException if there is none with one of the ids; nothing was done then
     * @throws StepFailure if the state schema can't be installed; nothing was done then
     */
    public List<MigrationResult> migrate(Phase to, String... ids) {
        List<Migration> selected = known.select(ids);
        install();
        return run.migrate(selected, to, ids.length > 0);
    }

    /**
     * Where migrations stand. Takes no lease and writes nothing; works with the state tables of a newer library, too.
     *
     * @param ids the migrations; none: all, with those on record whose definition is not at hand
     * @return one for each, by id
     * @throws UnknownMigrationException if there is none with one of the ids
     */
    public List<MigrationStatus> status(String... ids) {
        return status.of(known.ids(ids));
    }

    /**
     * Records that a person lets a phase begin, for the migration as it is defined now.
     *
     * @param id the migration
     * @param phase the phase
     * @param by who, beside the database session's own user
     * @param reason why
     * @throws UnknownMigrationException if there is none with that id
     * @throws ApprovalRefusedException if it could never count: no gate of that phase asks for one, that phase is complete, the
     *     migration was started with another content, or the session's user is in none of the roles that the gates name
     * @throws IllegalArgumentException if it is not said who or why
     */
    public void approve(String id, Phase phase, String by, String reason) {
        Migration migration = known.find(id);
        if (by.isBlank() || reason.isBlank()) {
            throw new IllegalArgumentException("An approval says who gives it and why; one of them is blank.");
        }
        install();
        new ApprovalCheck(source).check(migration, phase, store.find(id));
        store.approve(id, phase, migration.checksum(), by, reason);
    }

    /**
     * Registers this process as a live instance of the application: gates know from now on what it knows and uses.
     *
     * <p>One statement when the state schema is there; installs it if not. Waits while a phase is taking a shape away, for the
     * moment of a short transaction. Needs {@code USAGE} on the state schema and nothing else, so a role may do it that can't
     * migrate.
     *
     * @param settings what its code uses, and for how long it counts as live
     * @return the instance, which is to be closed when the application stops
     * @throws UnsafeSchemaException if the schema is not safe for it, by the end of the time that it may wait
     * @throws UnknownMigrationException if the settings name a migration that is not among this one's
     * @throws StepFailure if the database fails
     */
    public ApplicationInstance register(InstanceSettings settings) {
        return start(StartSettings.of(settings).withoutAdvancing());
    }

    /**
     * Starts the application's part: registers this process as {@link #register} does, and then, in the background and until it
     * is closed, takes migrations as far as their gates allow and helps with backfills, as the settings say. Returns as soon as
     * the schema is safe for this release, whatever is still to be done behind; until then, and for as long as it may wait, it
     * takes migrations forward as well. With nothing left to do it is one statement.
     *
     * <p>Of all instances that do so one at a time takes migrations forward, one of the newest release. It ends when one
     * fails: then people are to look.
     *
     * @param settings what the application is and does
     * @return the instance, which is to be closed when the application stops
     * @throws UnsafeSchemaException if the schema is not safe for it, by the end of the time that it may wait or when a migration
     *     failed
     * @throws UnknownMigrationException if the settings name a migration that is not among this one's
     * @throws StepFailure if the database fails
     */
    public ApplicationInstance start(StartSettings settings) {
        return begin(settings).run();
    }

    /**
     * As {@link #start}, but returns at once: for an application that answers a readiness probe while it waits.
     *
     * @param settings what the application is and does
     * @return the start, which is to be closed when the application stops
     * @throws UnknownMigrationException if the settings name a migration that is not among this one's
     */
    public ApplicationStart startInBackground(StartSettings settings) {
        return new ApplicationStart(begin(settings));
    }

    private void install() {
        server.check();
        stateSchema.install();
    }

    private InstanceStart begin(StartSettings settings) {
        settings.instance().uses().keySet().forEach(known::find);
        return starts.of(
                settings,
                (to, stopped) -> {
                    install();
                    return run.migrate(settings.goesBack() ? goneBack() : known.defined(), to, false, stopped);
                },
                this::helpWithBackfills);
    }

    /** A rollback that waits or was refused is not asked for at each look: it reads tables before it is. */
    private boolean mayGoBack(String id) {
        long now = System.nanoTime();
        return triedBack.merge(id, now, (before, next) -> next - before > BETWEEN_WAYS_BACK.toNanos() ? next : before)
                == now;
    }

    /** Takes those migrations back whose retired shape is still used; the others. */
    private List<Migration> goneBack() {
        Set<String> used = new RetiredUseReader(source, store.sql()).migrations();
        for (Migration migration : known.defined()) {
            if (used.contains(migration.id()) && mayGoBack(migration.id())) {
                Outcome outcome = engines.engine(migration).rollback(migration, Optional.of(Phase.VALIDATE));
                LOG.warn(
                        "Migration {} goes back, since statements name what it has retired: {}",
                        migration.id(),
                        outcome);
            }
        }
        return known.defined().stream()
                .filter(migration -> !used.contains(migration.id()))
                .toList();
    }

    /**
     * The live instances of the application.
     *
     * @return those whose lease has not run out, by release and id; none where the state schema is not installed
     * @throws StepFailure if the database fails
     */
    public List<InstanceStatus> instances() {
        return stateSchema.isInstalled() ? new InstanceReader(source, store.sql()).live() : List.of();
    }

    /**
     * Asks a migration to pause; an engine at work stops within one batch, in whichever process it runs.
     *
     * @param id the migration; its record is enough
     * @throws UnknownMigrationException if there is none with that id
     */
    public void pause(String id) {
        known.check(id);
        install();
        store.setPaused(id, true);
    }

    /**
     * Lets a paused migration go on with the next {@link #migrate} or {@link #rollback}.
     *
     * @param id the migration; its record is enough
     * @throws UnknownMigrationException if there is none with that id
     */
    public void resume(String id) {
        known.check(id);
        install();
        store.setPaused(id, false);
    }

    /**
     * Changes settings of a migration's backfill while it runs, in whichever process: an engine at work goes by them about a
     * second later. They go before those of the migration's file until they are taken back, and stand in the history.
     *
     * @param id the migration; its record is enough
     * @param changes what is to change; the other knobs stay as they are
     * @return all knobs as they are now, by key
     * @throws UnknownMigrationException if there is none with that id
     */
    public Map<String, String> tune(String id, Knobs changes) {
        return tune(id, changes, false);
    }

    /**
     * As {@link #tune}, but takes all earlier changes back.
     *
     * @param id the migration; its record is enough
     * @param knobs what is to hold instead of what the file says; the rest is as in the file
     * @return all knobs as they are now, by key
     * @throws UnknownMigrationException if there is none with that id
     */
    public Map<String, String> retune(String id, Knobs knobs) {
        return tune(id, knobs, true);
    }

    private Map<String, String> tune(String id, Knobs knobs, boolean reset) {
        known.check(id);
        install();
        store.tune(id, knobs.values(), reset);
        return status.knobs(id);
    }

    /**
     * Walks a migration back, to the end of a phase or to before EXPAND, as far as its rollback gates allow.
     *
     * @param id the migration
     * @param to the phase that is complete afterwards; empty: to before EXPAND
     * @return where it stands then; failed, with nothing done, if there is no way back
     * @throws UnknownMigrationException if there is none with that id
     */
    public Outcome rollback(String id, Optional<Phase> to) {
        Migration migration = known.find(id);
        if (store.find(id).isEmpty()) {
            return Run.failedBefore(
                    "Migration " + id + " has not started; there is nothing to roll back. Nothing was done.");
        }
        install();
        return engines.engine(migration).rollback(migration, to);
    }

    /**
     * Starts to help with whatever backfill is under way on this database, now or later, whichever process leads it. What is
     * to be filled stands in the record, so the migration's definition need not be at hand; if it is, its settings count.
     *
     * @param workers how many threads, and batches at the same time
     * @return the helper, which works until it is closed
     * @throws IllegalArgumentException if there is to be no worker
     * @throws StepFailure if the state schema can't be installed
     */
    public BackfillHelper helpWithBackfills(int workers) {
        if (workers < 1) {
            throw new IllegalArgumentException("A helper needs a worker or more; workers is " + workers + ".");
        }
        install();
        return new BackfillHelper(IntStream.rangeClosed(1, workers)
                .mapToObj(number -> engines.helper(number, this::definition))
                .toList());
    }

    private List<Waiting> inTheWayOf(String id) {
        return definition(id).stream().flatMap(run::inTheWayOf).toList();
    }

    private Optional<Migration> definition(String id) {
        return known.defined().stream()
                .filter(migration -> migration.id().equals(id))
                .findFirst();
    }

    /**
     * All rows that a migration's backfill could not fill and has passed over. While there is one, BACKFILL does not end, and
     * so no later phase begins.
     *
     * @param id the migration; its record is enough
     * @return the rows, those first that failed first
     * @throws UnknownMigrationException if there is none with that id
     */
    public List<FailedRow> failedRows(String id) {
        known.check(id);
        return status.allFailedRows(id);
    }

    /**
     * Tries the rows again that the backfill has passed over, and no others: after they were mended, or to see what they fail
     * by. Takes the lease as {@link #migrate} does; each row is a transaction of its own. The phase stays as it is:
     * {@code migrate} completes it.
     *
     * @param id the migration; its record is enough, but whether values are shown stands in its definition
     * @return how many are in step now, and which still fail
     * @throws UnknownMigrationException if there is none with that id
     * @throws StepFailure if it has not started, is paused, on its way back or in other hands, or the database fails
     */
    public RetryResult retry(String id) {
        known.check(id);
        install();
        RetryReport report = engines.engine(definition(id)).retryFailedRows(id);
        return new RetryResult(report.mended(), status.allFailedRows(id), report.rewritten());
    }

    /**
     * Compares the two shapes of every row now. Reads every row once, in pieces, under {@code ACCESS SHARE}.
     *
     * @param id the migration
     * @param progress told how far it has come
     * @return what it found
     * @throws UnknownMigrationException if there is none with that id
     * @throws StepFailure if it has not started, or the database fails
     */
    public CompareReport verify(String id, Consumer<Progress> progress) {
        Migration migration = known.find(id);
        MigrationState state = store.find(id)
                .filter(found -> !found.isRolledBack())
                .orElseThrow(() -> new StepFailure(
                        ErrorClass.PERMANENT,
                        "",
                        "Migration " + id
                                + " has not started, so there are no two shapes to compare. Nothing was done.",
                        Optional.empty()));
        return engines.executor(migration).compare(state, store.steps(id), new Undisturbed(progress));
    }

    /**
     * Everything that happened to a migration.
     *
     * @param id the migration; its record is enough
     * @return the events, in order
     * @throws UnknownMigrationException if there is none with that id
     */
    public List<Event> history(String id) {
        known.check(id);
        return store.history(id);
    }
}
