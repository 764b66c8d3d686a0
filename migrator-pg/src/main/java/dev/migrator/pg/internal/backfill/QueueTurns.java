package dev.migrator.pg.internal.backfill;

import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.throttle.Throttle;
import dev.migrator.pg.internal.throttle.ThrottledWorker;
import dev.migrator.pg.internal.transact.Task;
import java.time.Duration;
import javax.sql.DataSource;

/**
 * A helper's turns at one queue, batch by batch. Where more rows have failed than may be passed over, no others are tried until
 * some of these can be computed.
 */
final class QueueTurns implements AutoCloseable {
    private static final Duration LONGEST = Duration.ofSeconds(1);
    private static final Duration BETWEEN_LOOKS_AT_HELD = Duration.ofSeconds(10);

    private final DataSource source;
    private final Task task;
    private final Queue queue;
    private final FailedRows failed;
    private final Overseer overseer;
    private final Throttle throttle;
    private final ThrottledWorker pacing;
    private Duration lastBatch = Duration.ZERO;
    private long lastTurn = System.nanoTime();

    QueueTurns(
            String name,
            DataSource source,
            Task task,
            Queue queue,
            FailedRows failed,
            Overseer overseer,
            Throttle throttle) {
        this.source = source;
        this.task = task;
        this.queue = queue;
        this.failed = failed;
        this.overseer = overseer;
        this.throttle = throttle;
        this.pacing = throttle.worker(name + "/queue");
    }

    /**
     * A turn, which is over soon, however fast releases write: others, and ranges, have theirs.
     *
     * @return false if the throttle holds the queue back
     */
    boolean next() {
        long first = System.nanoTime();
        lastTurn = first;
        Queue.Batch batch;
        do {
            queue.aimAt(throttle.current().batchTarget());
            task.control().checkpoint();
            if (!pacing.mayBegin(task.control(), lastBatch)) {
                lastBatch = Duration.ZERO;
                return false;
            }
            boolean onlyFailed = isOverBudget();
            long begun = System.nanoTime();
            batch = Session.with(
                    source,
                    session -> onlyFailed
                            ? queue.drainFailed(session, task.control()::checkpoint)
                            : queue.drain(session, task.control()::checkpoint));
            lastBatch = Duration.ofNanos(System.nanoTime() - begun);
            overseer.filled(batch.filled());
        } while (batch.hasMoved() && System.nanoTime() - first < LONGEST.toNanos());
        return true;
    }

    /** Whether it is time to see whether the throttle still holds it back. */
    boolean isDue() {
        return System.nanoTime() - lastTurn >= BETWEEN_LOOKS_AT_HELD.toNanos();
    }

    private boolean isOverBudget() {
        Session.with(source, session -> {
            failed.load(session);
            return true;
        });
        return failed.isOverBudget();
    }

    /** Whether so many rows have failed that no others are tried, and why; empty if not. */
    String overBudget() {
        return failed.isOverBudget()
                ? String.valueOf(failed.failure("what releases write waits").getMessage())
                : "";
    }

    @Override
    public void close() {
        throttle.close();
    }
}
