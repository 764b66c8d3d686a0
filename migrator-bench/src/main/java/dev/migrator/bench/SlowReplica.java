package dev.migrator.bench;

import dev.migrator.test.ReplicaServer;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Makes a replica too weak for its primary: it applies for a part of the time only. (A delay would not do: it lags by as much
 * as it is told, however much is written.)
 */
final class SlowReplica implements AutoCloseable {

    private static final long APPLIES_MILLIS = 60;
    private static final long PAUSES_MILLIS = 540;

    private final ReplicaServer replica;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = new Thread(this::work, "slow-replica");

    SlowReplica(ReplicaServer replica) {
        this.replica = replica;
        thread.start();
    }

    private void work() {
        try {
            boolean over = false;
            while (!over) {
                replica.pauseReplay();
                over = closed.await(PAUSES_MILLIS, TimeUnit.MILLISECONDS);
                replica.resumeReplay();
                over = over || closed.await(APPLIES_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** It is as fast as it can be again. */
    @Override
    public void close() {
        closed.countDown();
        Closing.join(List.of(thread));
    }
}
