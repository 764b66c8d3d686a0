package dev.migrator.pg.internal.execute;

import dev.migrator.BackfillSettings;
import dev.migrator.Gate;
import dev.migrator.Phase;
import dev.migrator.engine.CompareReport;
import dev.migrator.engine.GateAnswer;
import dev.migrator.engine.GateQuestion;
import dev.migrator.engine.Lease;
import dev.migrator.engine.LiveReleases;
import dev.migrator.engine.MigrationState;
import dev.migrator.engine.Pace;
import dev.migrator.engine.ReleaseGuard;
import dev.migrator.engine.RetryReport;
import dev.migrator.engine.StepControl;
import dev.migrator.engine.StepExecutor;
import dev.migrator.engine.StepState;
import dev.migrator.pg.internal.backfill.Backfiller;
import dev.migrator.pg.internal.backfill.CatchUpRunner;
import dev.migrator.pg.internal.backfill.ComputedRetry;
import dev.migrator.pg.internal.backfill.FailedRowsRetry;
import dev.migrator.pg.internal.release.EnteredBefore;
import dev.migrator.pg.internal.release.ReleaseLook;
import dev.migrator.pg.internal.state.StateSql;
import dev.migrator.pg.internal.throttle.ThrottleSetup;
import dev.migrator.pg.internal.transact.ExecutorSettings;
import dev.migrator.pg.internal.transact.Failures;
import dev.migrator.pg.internal.transact.Task;
import dev.migrator.pg.internal.transact.TransactionRunner;
import dev.migrator.pg.internal.transact.Way;
import dev.migrator.plan.Action;
import dev.migrator.plan.LockMode;
import dev.migrator.plan.Step;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;

/**
 * Runs steps on PostgreSQL, each kind of action by its own class. Holds no connection between steps and at most two at a time
 * within one. Safe for use by many threads.
 */
public final class PgExecutor implements StepExecutor {
    /** As the state schema's function {@code enter} has them, too. */
    private static final Set<Phase> PHASES_THAT_CHANGE_TABLES =
            Collections.unmodifiableSet(EnumSet.of(Phase.EXPAND, Phase.CONTRACT, Phase.PURGE));

    private final DataSource source;
    private final StateSql sql;
    private final ExecutorSettings settings;
    private final Pace pace;
    private final ThrottleSetup throttle;
    private final Fingerprinter fingerprinter;
    private final TransactionRunner transactions;
    private final ScanRunner scans;
    private final IndexBuilder indexBuilder;
    private final IndexDropper indexDropper;
    private final ScriptRunner scripts;
    private final Comparer comparer;
    private final GateAsker gates;
    private final EnteredBefore enteredBefore;

    /**
     * Makes an executor.
     *
     * @param source connections; those of a pooler in transaction mode will do
     * @param direct connections that no pooler shares out, for what can't run in a transaction; may be the same
     * @param sql the state schema
     * @param settings how gentle and how patient it is
     * @param pace how it waits
     * @param fingerprinter reads what a plan relies on
     */
    public PgExecutor(
            DataSource source,
            DataSource direct,
            StateSql sql,
            ExecutorSettings settings,
            Pace pace,
            Fingerprinter fingerprinter) {
        this(
                source,
                direct,
                sql,
                settings,
                pace,
                fingerprinter,
                ThrottleSetup.of(BackfillSettings.defaults().withBatchTarget(settings.batchTarget())));
    }

    /**
     * Makes an executor.
     *
     * @param source connections; those of a pooler in transaction mode will do
     * @param direct connections that no pooler shares out, for what can't run in a transaction; may be the same
     * @param sql the state schema
     * @param settings how gentle and how patient it is
     * @param pace how it waits
     * @param fingerprinter reads what a plan relies on
     * @param throttle what backfills look at between batches
     */
    public PgExecutor(
            DataSource source,
            DataSource direct,
            StateSql sql,
            ExecutorSettings settings,
            Pace pace,
            Fingerprinter fingerprinter,
            ThrottleSetup throttle) {
        this.throttle = throttle;
        this.source = source;
        this.sql = sql;
        this.settings = settings;
        this.pace = pace;
        this.fingerprinter = fingerprinter;
        this.transactions = new TransactionRunner(source, sql, settings, pace);
        this.scans = new ScanRunner(source, sql, settings, pace);
        Concurrently concurrently = new Concurrently(source, direct, pace);
        this.indexBuilder = new IndexBuilder(sql, transactions, concurrently);
        this.indexDropper = new IndexDropper(sql, transactions, concurrently);
        this.scripts = new ScriptRunner(direct, sql, settings, pace, transactions, concurrently);
        this.comparer = new Comparer(source, sql, transactions, settings, pace);
        this.gates = new GateAsker(source, sql);
        this.enteredBefore = new EnteredBefore(source, sql, pace);
    }

    @Override
    public void run(Lease lease, Step step, Optional<ReleaseGuard> guard, StepControl control) {
        perform(new Task(lease, step, control, Way.FORWARD, guard), step.action());
    }

    @Override
    public void undo(Lease lease, Step step, Optional<ReleaseGuard> guard, StepControl control) {
        perform(new Task(lease, step, control, Way.BACK, guard), step.undo());
    }

    @Override
    public RetryReport retryFailedRows(Lease lease, Step step, StepControl control) {
        Task task = new Task(lease, step, control, Way.FORWARD);
        if (step.action() instanceof Action.Backfill backfill
                && backfill.computation().isPresent()) {
            return new ComputedRetry(task, backfill, source, sql, settings, pace).run();
        }
        return step.action() instanceof Action.Backfill backfill
                ? new FailedRowsRetry(task, backfill, source, sql, settings, pace, throttle).run()
                : new RetryReport(0, false);
    }

    private void perform(Task task, Action action) {
        if (action instanceof Action.Transaction transaction) {
            if (changesTables(task, transaction)) {
                enteredBefore.awaitEnd(task.control());
            }
            transactions.run(task, transaction.locks(), transaction.statements());
        } else if (action instanceof Action.Scan scan) {
            scans.run(task, scan);
        } else if (action instanceof Action.BuildIndex build) {
            indexBuilder.build(task, build);
        } else if (action instanceof Action.DropIndex drop) {
            indexDropper.drop(task, drop);
        } else if (action instanceof Action.Backfill backfill) {
            new Backfiller(task, backfill, source, sql, transactions, settings, pace, throttle).run();
        } else if (action instanceof Action.CatchUp catchUp) {
            new CatchUpRunner(task, catchUp, source, sql, transactions, settings, pace).run();
        } else if (action instanceof Action.Compare compare) {
            comparer.run(task, compare);
        } else if (action instanceof Action.Script script) {
            scripts.run(task, script);
        } else if (action instanceof Action.Require require && !holds(require)) {
            throw Failures.permanent("", require.otherwise() + " Nothing was changed.");
        } else if (action instanceof Action.Irreversible irreversible) {
            throw Failures.permanent(
                    "", "there is no way back over this step: " + irreversible.reason() + " Nothing was changed.");
        } else {
            doNothing(task);
        }
    }

    /** Whether statements may answer otherwise afterwards than before. */
    private static boolean changesTables(Task task, Action.Transaction transaction) {
        return PHASES_THAT_CHANGE_TABLES.contains(task.step().phase())
                && transaction.locks().stream().anyMatch(lock -> lock.mode() == LockMode.ACCESS_EXCLUSIVE);
    }

    /** Only the record changes; what a backfill has noted of its progress goes with it. */
    private void doNothing(Task task) {
        boolean backfill = task.step().action() instanceof Action.Backfill;
        transactions.run(task, List.of(), backfill ? Backfiller.forget(sql, task) : List.of());
    }

    @Override
    public List<String> fingerprint(MigrationState state, List<StepState> steps) {
        return fingerprinter.fingerprint(state, steps);
    }

    @Override
    public CompareReport outgrownRows(MigrationState state, List<StepState> steps) {
        return comparer.outgrown(steps);
    }

    @Override
    public boolean holds(Action.Require requirement) {
        return new RequirementLook(source, settings.maxStall().plusSeconds(1)).at(requirement);
    }

    @Override
    public GateAnswer ask(Gate gate, GateQuestion question) {
        return gates.ask(gate, question);
    }

    @Override
    public LiveReleases releases(Gate.Releases gate, GateQuestion question) {
        return new ReleaseLook(source, sql).at(gate, question);
    }

    @Override
    public CompareReport compare(MigrationState state, List<StepState> steps, StepControl control) {
        return comparer.compare(steps, control);
    }
}
