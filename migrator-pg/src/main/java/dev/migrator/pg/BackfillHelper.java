package dev.migrator.pg;

import dev.migrator.engine.StepFailure;
import dev.migrator.pg.internal.backfill.Helper;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads that help with whatever backfill is under way on a database, led by an engine in this process or in another one:
 * {@link PostgresMigrator#helpWithBackfills}. Any number of processes may help; each takes ranges of the table that nobody
 * else has. One that is killed loses at most its open batch; its range is free again after five seconds.
 *
 * <p>Takes a connection for each of its threads while it works, and asks one query a second while there is nothing to do.
 * Needs the same rights as the engine. Failures are logged, and do the engine no harm.
 */
public final class BackfillHelper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BackfillHelper.class);
    private static final Duration IDLE = Duration.ofSeconds(1);

    private final List<Helper> helpers;
    private final List<Thread> threads;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean busy = true;

    BackfillHelper(List<Helper> helpers) {
        this.helpers = List.copyOf(helpers);
        this.threads = this.helpers.stream().map(this::start).toList();
    }

    private Thread start(Helper helper) {
        Thread thread = new Thread(() -> run(helper), "migrator backfill helper");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void run(Helper helper) {
        try (helper) {
            while (closed.getCount() > 0) {
                try {
                    busy = helper.help();
                } catch (StepFailure e) {
                    LOG.warn("Helping with backfills failed and is tried again: {}", e.getMessage());
                } catch (RuntimeException e) {
                    // Pools throw their own when the server is not there; a thread that ends would help nobody any
                    // more.
                    LOG.warn("Helping with backfills failed and is tried again", e);
                }
                if (closed.await(IDLE.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * How many rows its threads have filled.
     *
     * @return the number, since it was started
     */
    public long rows() {
        return helpers.stream().mapToLong(Helper::rows).sum();
    }

    /**
     * Whether a backfill was under way when it last looked, at most a second or so ago.
     *
     * @return true until it has looked for the first time
     */
    public boolean isBusy() {
        return busy;
    }

    /**
     * Waits until it is closed.
     *
     * @param limit for how long at most
     * @return whether it is closed
     * @throws InterruptedException if the thread is interrupted
     */
    public boolean awaitClosed(Duration limit) throws InterruptedException {
        return closed.await(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Stops helping: returns when the open batches are over, which takes at most about half a second. Idempotent. */
    @Override
    public void close() {
        helpers.forEach(Helper::stop);
        closed.countDown();
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
