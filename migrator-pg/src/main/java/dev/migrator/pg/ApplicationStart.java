package dev.migrator.pg;

import dev.migrator.pg.internal.release.Threads;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * An application's start that goes on in the background: a readiness probe asks whether the schema is safe for it by now.
 *
 * <p>Safe for use by many threads.
 */
public final class ApplicationStart implements AutoCloseable {
    private final InstanceStart start;
    private final CompletableFuture<ApplicationInstance> result = new CompletableFuture<>();
    private final Thread thread;

    ApplicationStart(InstanceStart start) {
        this.start = start;
        this.thread = new Thread(this::run, "migrator start " + start.id());
        this.thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            result.complete(start.run());
        } catch (RuntimeException | Error e) {
            result.completeExceptionally(e);
        }
    }

    /**
     * Whether the instance is registered and counts as live.
     *
     * @return false while it must not serve
     */
    public boolean isReady() {
        return result.isDone()
                && !result.isCompletedExceptionally()
                && result.join().isLive();
    }

    /**
     * For what it waits.
     *
     * @return for people; empty once it is registered, or has failed
     */
    public Optional<String> waitsFor() {
        return result.isDone() ? Optional.empty() : start.waitsFor();
    }

    /**
     * The instance, when there is one.
     *
     * @return completed when it is registered; exceptionally as {@link PostgresMigrator#start} throws
     */
    public CompletableFuture<ApplicationInstance> instance() {
        return result.copy();
    }

    /** Gives the start up, or closes the instance. Idempotent. */
    @Override
    public void close() {
        start.giveUp();
        Threads.join(thread);
        if (!result.isCompletedExceptionally()) {
            result.join().close();
        }
    }
}
