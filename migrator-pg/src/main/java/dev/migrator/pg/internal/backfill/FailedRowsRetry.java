package dev.migrator.pg.internal.backfill;

import dev.migrator.engine.Pace;
import dev.migrator.engine.RetryReport;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.state.StateSql;
import dev.migrator.pg.internal.throttle.Throttle;
import dev.migrator.pg.internal.throttle.ThrottleSetup;
import dev.migrator.pg.internal.transact.ExecutorSettings;
import dev.migrator.pg.internal.transact.ServerFacts;
import dev.migrator.pg.internal.transact.Task;
import dev.migrator.plan.Action;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/** {@link RowRetry Tries} the failed rows of a backfill again, and walks over nothing. One that somebody has locked is waited for. */
public final class FailedRowsRetry {
    private final Task task;
    private final DataSource source;
    private final StateSql sql;
    private final Throttle throttle;
    private final Worker worker;

    public FailedRowsRetry(
            Task task,
            Action.Backfill backfill,
            DataSource source,
            StateSql sql,
            ExecutorSettings settings,
            Pace pace,
            ThrottleSetup setup) {
        this.task = task;
        this.source = source;
        this.sql = sql;
        String name = task.lease().owner() + "/" + UUID.randomUUID() + "/retry";
        this.throttle = new Throttle(source, sql, task.lease(), task.step(), backfill.table(), setup, pace);
        this.worker = new Worker(name, task, backfill, source, sql, settings, throttle, pace, new Overseer() {});
    }

    public RetryReport run() {
        try (throttle) {
            return tryAll();
        }
    }

    private RetryReport tryAll() {
        Map<Long, Leaf> leaves = worker.leaves().stream().collect(Collectors.toMap(Leaf::oid, Function.identity()));
        return Session.with(source, session -> {
            worker.batches().learn(ServerFacts.of(session));
            worker.failed().load(session);
            long mended = 0;
            boolean rewritten = false;
            for (FailedRow row : worker.failed().all()) {
                Leaf leaf = leaves.get(row.relation());
                if (leaf == null) {
                    continue;
                }
                try {
                    if (isRewritten(session, leaf)) {
                        rewritten = true;
                    } else if (worker.retry().patiently(session, leaf, row) != RowRetry.Outcome.FAILED_AGAIN) {
                        mended++;
                    }
                } catch (RewrittenException e) {
                    rewritten = true;
                } catch (LeafGoneException e) {
                    throw e.otherwise();
                }
            }
            return new RetryReport(mended, rewritten);
        });
    }

    /** The places of rows are those of the file in which the ranges were made. */
    private boolean isRewritten(Session session, Leaf leaf) {
        return !session.query("SELECT FROM " + sql.table("backfill_chunk").quoted() + " WHERE " + task.isMine(sql)
                        + " AND relation = " + leaf.oid() + " AND filenode NOT IN (0, " + leaf.filenode() + ") LIMIT 1")
                .isEmpty();
    }
}
