package dev.migrator.pg.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Lets writers begin transactions as the stage permits them, and stands still while the stage changes. */
final class WriterGate {
    private static final long MOST_SECONDS = 120;

    private final List<String> failures = new ArrayList<>();
    private WriterStage stage = WriterStage.CLOSED;
    private boolean changing;
    private boolean over;
    private int active;
    private long committed;
    private long conflicts;

    /** Waits until a writer may begin; the stage in which it does, or {@link WriterStage#CLOSED} if it is over. */
    synchronized WriterStage begin(WriterKind kind) throws InterruptedException {
        while (!over && (changing || !stage.permits(kind))) {
            wait();
        }
        if (over) {
            return WriterStage.CLOSED;
        }
        active++;
        return stage;
    }

    synchronized void end() {
        active--;
        committed++;
        notifyAll();
    }

    /** A REPEATABLE READ transaction that the server could not serialize. */
    synchronized void conflict() {
        conflicts++;
    }

    synchronized void failed(String failure) {
        failures.add(failure);
        over = true;
        notifyAll();
    }

    synchronized void close() {
        over = true;
        notifyAll();
    }

    synchronized List<String> failures() {
        return List.copyOf(failures);
    }

    synchronized String summary() {
        return committed + " transactions, " + conflicts + " could not be serialized";
    }

    /** Waits for the running transactions, looks at the table while nobody writes, and goes on with another stage. */
    synchronized void change(WriterStage next, Runnable look) throws InterruptedException {
        changing = true;
        await(() -> active == 0);
        if (failures.isEmpty()) {
            look.run();
        }
        stage = next;
        changing = false;
        notifyAll();
    }

    /** Waits until writers have ended so many more transactions, or have failed. */
    synchronized void awaitMore(int transactions) throws InterruptedException {
        if (stage.kinds().isEmpty()) {
            return;
        }
        long goal = committed + transactions;
        await(() -> committed >= goal || over);
    }

    private interface Condition {
        boolean holds();
    }

    private void await(Condition condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(MOST_SECONDS);
        while (!condition.holds()) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                throw new AssertionError("Writers stand still: " + active + " in a transaction, stage " + stage.name());
            }
            wait(left);
        }
    }
}
