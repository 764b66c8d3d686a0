package dev.migrator.pg.internal.backfill;

import dev.migrator.engine.Pace;
import dev.migrator.engine.RetryReport;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.state.StateSql;
import dev.migrator.pg.internal.transact.ExecutorSettings;
import dev.migrator.pg.internal.transact.Failures;
import dev.migrator.pg.internal.transact.Task;
import dev.migrator.plan.Action;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;

/** Tries the rows again at once that the application could not compute, and walks over nothing. */
public final class ComputedRetry {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final Task task;
    private final DataSource source;
    private final ExecutorSettings settings;
    private final Pace pace;
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
        this.pace = pace;
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
            List<Long> failing = computing.failing(session);
            computing.retryFailed(session, settings);
            Queue queue = computing
                    .queue()
                    .orElseThrow(
                            () -> Failures.permanent(
                                    "",
                                    "this process can't compute the rows, and " + computing.missing()
                                            + ". They are in the queue again: a process that has it computes them within seconds."));
            Computing.Retried now = drain(session, queue, failing);
            if (now.untried() > 0) {
                task.control()
                        .waits(
                                now.untried() + " of " + failing.size()
                                        + " rows could not be tried again, since others lock or change them all the time; they stay in the queue");
            }
            return new RetryReport(failing.size() - now.there(), false);
        });
    }

    /** Tries each entry that has failed once; but for those whose rows others have all the time. */
    private Computing.Retried drain(Session session, Queue queue, List<Long> failing) {
        Computing.Retried left = computing.retried(session, failing);
        long moved = System.nanoTime();
        while (left.untried() > 0 && System.nanoTime() - moved < PATIENCE.toNanos()) {
            task.control().checkpoint();
            boolean taken = queue.drain(session, task.control()::checkpoint).taken() > 0;
            Computing.Retried now = computing.retried(session, failing);
            if (now.untried() < left.untried()) {
                moved = System.nanoTime();
            } else if (!taken) {
                pace.pause(PAUSE);
            }
            left = now;
        }
        return left;
    }
}
