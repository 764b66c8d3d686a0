package dev.migrator.pg.internal.backfill;

import dev.migrator.engine.Pace;
import dev.migrator.engine.RetryReport;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.state.StateSql;
import dev.migrator.pg.internal.transact.ExecutorSettings;
import dev.migrator.pg.internal.transact.Failures;
import dev.migrator.pg.internal.transact.Task;
import dev.migrator.plan.Action;
import javax.sql.DataSource;

/** Tries the rows again at once that the application could not compute, and walks over nothing. */
public final class ComputedRetry {
    private final Task task;
    private final DataSource source;
    private final ExecutorSettings settings;
    private final Computing computing;

    public ComputedRetry(
            Task task,
            Action.Backfill backfill,
            DataSource source,
            StateSql sql,
            ExecutorSettings settings,
            Pace pace) {
        this.task = task;
        this.source = source;
        this.settings = settings;
        this.computing = new Computing(
                task,
                backfill.table(),
                backfill.computation().orElseThrow(),
                new FailedRows(sql, task, settings, backfill.table()),
                sql,
                settings,
                pace);
    }

    public RetryReport run() {
        return Session.with(source, session -> {
            long before = computing.lag(session).failing();
            computing.retryFailed(session, settings);
            Queue queue = computing
                    .queue()
                    .orElseThrow(
                            () -> Failures.permanent(
                                    "",
                                    "this process can't compute the rows, and " + computing.missing()
                                            + ". They are in the queue again: a process that has it computes them within seconds."));
            while (queue.drain(session, task.control()::checkpoint).taken() > 0) {
                task.control().checkpoint();
            }
            return new RetryReport(before - computing.lag(session).failing(), false);
        });
    }
}
