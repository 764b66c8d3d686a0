package dev.migrator.pg.internal.backfill;

import dev.migrator.engine.ErrorClass;
import dev.migrator.engine.Pace;
import dev.migrator.engine.StepFailure;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.sql.SqlErrors;
import dev.migrator.pg.internal.state.StateSql;
import dev.migrator.pg.internal.transact.ExecutorSettings;
import dev.migrator.pg.internal.transact.Task;
import dev.migrator.pg.internal.transact.TransactionRunner;
import dev.migrator.plan.Action;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * Computes what is queued until nothing is pending, and then runs a transaction in which that is seen again under its lock.
 *
 * <p>Every pending row has an entry (no row has been pending since before EXPAND: the step before this one has compared), so
 * that a look at the queue, which is short by then, says it of the whole table. If writers were faster, it begins again.
 */
public final class CatchUpRunner {
    private static final Duration PAUSE = Duration.ofMillis(200);
    /** A look whether nothing is pending comes at least so often, however fast others write. */
    private static final Duration LONGEST_DRAIN = Duration.ofSeconds(10);

    private final Task task;
    private final Action.CatchUp action;
    private final DataSource source;
    private final TransactionRunner transactions;
    private final ExecutorSettings settings;
    private final Pace pace;
    private final FailedRows failed;
    private final Computing computing;
    private Duration waited = Duration.ZERO;
    private boolean told;

    public CatchUpRunner(
            Task task,
            Action.CatchUp action,
            DataSource source,
            StateSql sql,
            TransactionRunner transactions,
            ExecutorSettings settings,
            Pace pace) {
        this.task = task;
        this.action = action;
        this.source = source;
        this.transactions = transactions;
        this.settings = settings;
        this.pace = pace;
        this.failed = new FailedRows(sql, task, settings, action.table());
        this.computing = new Computing(task, action.table(), action.computation(), failed, sql, settings, pace);
    }

    public void run() {
        List<String> statements = new ArrayList<>();
        statements.add(computing.ensureNonePending());
        statements.add(failed.forgetAll());
        statements.addAll(action.statements());
        Session.with(source, session -> {
            computing.retryFailed(session, settings);
            return true;
        });
        while (true) {
            long begun = System.nanoTime();
            if (isCaughtUp()) {
                try {
                    transactions.run(task, action.locks(), statements);
                    return;
                } catch (StepFailure e) {
                    if (!e.sqlState().equals(SqlErrors.PENDING_AGAIN)) {
                        throw e;
                    }
                }
            }
            task.control().checkpoint();
            pace.pause(PAUSE);
            waited = waited.plus(Duration.ofNanos(System.nanoTime() - begun));
        }
    }

    private boolean isCaughtUp() {
        return Session.with(source, session -> {
            computing.queue().ifPresent(queue -> drain(session, queue));
            if (!computing.isPending(session)) {
                return true;
            }
            check(session);
            return false;
        });
    }

    private void drain(Session session, Queue queue) {
        long begun = System.nanoTime();
        while (queue.drain(session, task.control()::checkpoint).hasMoved()
                && System.nanoTime() - begun < LONGEST_DRAIN.toNanos()) {
            task.control().checkpoint();
        }
    }

    private void check(Session session) {
        QueueLag lag = computing.lag(session);
        failed.load(session);
        if (failed.isOverBudget()) {
            throw failed.failure("nothing was changed");
        }
        if (lag.entries() == 0 && lag.failing() > 0) {
            throw failed.isEmpty() ? behind(lag) : failed.failure("nothing was changed");
        }
        if (waited.compareTo(settings.lockDeadline()) >= 0) {
            throw behind(lag);
        }
        if (!told && computing.calls().isEmpty()) {
            told = true;
            task.control().waits(computing.missing() + ": " + lag.text());
        }
    }

    private StepFailure behind(QueueLag lag) {
        return new StepFailure(
                ErrorClass.TRANSIENT,
                SqlErrors.PENDING_AGAIN,
                "column " + action.computation().column() + " of " + action.table()
                        + " is not in step with what it is computed from: " + lag.text()
                        + (computing.calls().isEmpty() ? ", and this process " + computing.missing() : "")
                        + ". Nothing was changed. See that no release writes the inputs alone any more, and that a process"
                        + " computes, then run migrate again.",
                Optional.empty());
    }
}
