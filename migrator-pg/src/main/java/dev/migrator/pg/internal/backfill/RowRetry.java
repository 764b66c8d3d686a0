package dev.migrator.pg.internal.backfill;

import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.sql.SqlErrors;
import dev.migrator.pg.internal.transact.Failures;
import dev.migrator.plan.Action;
import java.sql.SQLException;

/**
 * Tries a row again that failed before, in a transaction of its own. The row's record goes with the same transaction: also if
 * the row is not pending any more, since the application has written or deleted it. If it fails again, it is recorded with what
 * the server says now.
 */
record RowRetry(Action.Backfill backfill, BatchRunner batches, ChunkTable chunks, FailedRows failed) {
    private static final int MOST_TIMEOUTS = 5;

    /** What came of it. */
    enum Outcome {
        FILLED,
        /** It is not pending any more. */
        GONE,
        FAILED_AGAIN,
        /** Somebody has it. */
        LOCKED
    }

    /** Tries it once. */
    Outcome once(Session session, Leaf leaf, FailedRow row) {
        try {
            return send(session, leaf, row);
        } catch (SQLException e) {
            return Failures.isWorthAnotherTry(e) ? Outcome.LOCKED : after(session, leaf, row, e);
        }
    }

    /** Waits for it if somebody has it. */
    Outcome patiently(Session session, Leaf leaf, FailedRow row) {
        int timeouts = 0;
        while (true) {
            batches.checkpoint();
            try {
                return send(session, leaf, row);
            } catch (SQLException e) {
                boolean tooSlow = SqlErrors.state(e).equals(SqlErrors.QUERY_CANCELED) && ++timeouts > MOST_TIMEOUTS;
                if (tooSlow) {
                    return failedAgain(session, leaf, row, e);
                } else if (!Failures.isWorthAnotherTry(e)) {
                    return after(session, leaf, row, e);
                }
                batches.backOff(session);
            }
        }
    }

    private Outcome send(Session session, Leaf leaf, FailedRow row) throws SQLException {
        FillSql fill = new FillSql(backfill, leaf);
        CountedUpdate update = chunks.fillingOne(fill, TidRange.single(row.block(), row.offset()));
        boolean filled = batches
                .batch(leaf)
                .then(failed.delete(row))
                .then(chunks.countingAlone(update, leaf.oid()))
                .send(session)
                .stream()
                .anyMatch(counted -> counted.number("filled") > 0);
        failed.remove(row);
        batches.moved();
        return filled ? Outcome.FILLED : Outcome.GONE;
    }

    private Outcome after(Session session, Leaf leaf, FailedRow row, SQLException e) {
        if (SqlErrors.isAboutData(e)) {
            return failedAgain(session, leaf, row, e);
        }
        throw batches.failure(leaf, e);
    }

    private Outcome failedAgain(Session session, Leaf leaf, FailedRow row, SQLException e) {
        batches.insist(session, leaf, () -> batches.patient().then(failed.update(row, e)));
        return Outcome.FAILED_AGAIN;
    }
}
