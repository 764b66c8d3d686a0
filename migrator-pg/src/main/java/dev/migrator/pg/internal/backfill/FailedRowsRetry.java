package dev.migrator.pg.internal.backfill;

import dev.migrator.engine.Pace;
import dev.migrator.engine.RetryReport;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.sql.SqlErrors;
import dev.migrator.pg.internal.state.StateSql;
import dev.migrator.pg.internal.throttle.Throttle;
import dev.migrator.pg.internal.throttle.ThrottleSetup;
import dev.migrator.pg.internal.transact.ExecutorSettings;
import dev.migrator.pg.internal.transact.Failures;
import dev.migrator.pg.internal.transact.ServerFacts;
import dev.migrator.pg.internal.transact.Task;
import dev.migrator.plan.Action;
import java.sql.SQLException;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/**
 * Tries the failed rows of a backfill again, each in a transaction of its own, and walks over nothing.
 *
 * <p>The row's record goes with the same transaction: also if the row is not pending any more, since the application has
 * written or deleted it. A row that fails again is recorded with what the server says now. One that somebody has locked is
 * waited for.
 */
public final class FailedRowsRetry {
    private static final int MOST_TIMEOUTS = 5;

    private final Task task;
    private final Action.Backfill backfill;
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
        this.backfill = backfill;
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
                    } else if (isMended(session, leaf, row)) {
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

    private boolean isMended(Session session, Leaf leaf, FailedRow row) {
        FillSql fill = new FillSql(backfill, leaf.name());
        CountedUpdate update = worker.chunks().fillingOne(fill, TidRange.single(row.block(), row.offset()));
        int timeouts = 0;
        while (true) {
            worker.batches().checkpoint();
            try {
                worker.batches()
                        .batch(leaf)
                        .then(worker.failed().delete(row))
                        .then(worker.chunks().countingAlone(update, leaf.oid()))
                        .send(session);
                worker.batches().moved();
                return true;
            } catch (SQLException e) {
                boolean tooSlow = SqlErrors.state(e).equals(SqlErrors.QUERY_CANCELED) && ++timeouts > MOST_TIMEOUTS;
                if (tooSlow || SqlErrors.isAboutData(e)) {
                    failedAgain(session, leaf, row, e);
                    return false;
                }
                if (!Failures.isWorthAnotherTry(e)) {
                    throw worker.batches().failure(leaf, e);
                }
                worker.batches().backOff(session);
            }
        }
    }

    private void failedAgain(Session session, Leaf leaf, FailedRow row, SQLException e) {
        worker.batches().insist(session, leaf, () -> worker.batches()
                .patient()
                .then(worker.failed().update(row, e)));
    }
}
