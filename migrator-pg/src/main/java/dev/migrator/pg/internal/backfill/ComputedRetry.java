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
            long before = computing.lag(session).failing();
            computing.retryFailed(session, settings);
            Queue queue = computing
                    .queue()
                    .orElseThrow(
                            () -> Failures.permanent(
                                    "",
                                    "this process can't compute the rows, and " + computing.missing()
                                            + ". They are in the queue again: a process that has it computes them within seconds."));
            long untried = drain(session, queue, computing.newest(session));
            return new RetryReport(before - computing.lag(session).failing() - untried, false);
        });
    }

    /** Tries each entry that is there now once; how many could not be, since others have their rows all the time. */
    private long drain(Session session, Queue queue, long newest) {
        long untried = computing.untried(session, newest);
        long moved = System.nanoTime();
        while (untried > 0 && System.nanoTime() - moved < PATIENCE.toNanos()) {
            task.control().checkpoint();
            boolean taken = queue.drain(session, task.control()::checkpoint).taken() > 0;
            long now = computing.untried(session, newest);
            if (now < untried) {
                moved = System.nanoTime();
            } else if (!taken) {
                pace.pause(PAUSE);
            }
            untried = now;
        }
        return untried;
    }
}
