package dev.migrator.pg.execute;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.BackfillSettings;
import dev.migrator.pg.internal.throttle.ThrottleSetup;
import dev.migrator.pg.internal.throttle.ThrottleTiming;
import dev.migrator.throttle.ThrottleKey;
import dev.migrator.throttle.ThrottleSettings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** A backfill on a thread of its own, throttled: to be stopped by a signal, and let go on. */
final class ThrottledRun implements AutoCloseable {
    /** Looks that come quickly after each other, so that tests need not wait. */
    static final ThrottleTiming QUICK =
            new ThrottleTiming(Duration.ofMillis(20), Duration.ofMillis(20), Duration.ofMillis(100));

    private static final Duration LONG = Duration.ofSeconds(60);

    private final BackfillSite users;
    private final CompletableFuture<Void> run;

    private ThrottledRun(BackfillSite users, ThrottleSetup setup) {
        this.users = users;
        ExecutionSite site = users.site;
        this.run = CompletableFuture.runAsync(
                () -> site.executor(setup).run(site.lease, BackfillSite.FILL, site.control()),
                work -> new Thread(work, "throttled-run").start());
    }

    /** What a file says, quickly. */
    static ThrottleSetup setup(ThrottleKey key, String value) {
        return setup(ThrottleSettings.defaults().with(key, value));
    }

    static ThrottleSetup setup(ThrottleSettings settings) {
        return ThrottleSetup.of(BackfillSettings.defaults().withThrottle(settings))
                .withTiming(QUICK);
    }

    static ThrottledRun of(BackfillSite users, ThrottleKey key, String value) {
        return of(users, setup(key, value));
    }

    static ThrottledRun of(BackfillSite users, ThrottleSetup setup) {
        return new ThrottledRun(users, setup);
    }

    /** Waits until it is stopped for a reason. */
    ThrottledRun awaitStopped(String reason) {
        await("stopped: " + reason, () -> Stream.concat(users.site.waits.stream(), users.site.paced.stream())
                .anyMatch(told -> told.contains(reason)));
        return this;
    }

    /** Waits until something is so while it runs. */
    void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(run.isDone())
                    .as("it ended before it was %s; waits: %s", what, users.site.waits)
                    .isFalse();
            assertThat(System.nanoTime())
                    .as("%s has not come; waits: %s, paced: %s", what, users.site.waits, users.site.paced)
                    .isLessThan(deadline);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    /** It has filled nothing, and holds nothing: the application may do with the table what it likes. */
    ThrottledRun assertHoldsNothing(int pending) {
        assertThat(users.pending()).isEqualTo(pending);
        users.site.db.execute("SET lock_timeout = '2s'; BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE; COMMIT");
        assertThat(run.isDone()).isFalse();
        return this;
    }

    /** Waits until it has filled everything. */
    void goesOn() {
        join();
        users.assertComplete();
    }

    void join() {
        try {
            run.get(LONG.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new AssertionError(e);
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("it does not go on: " + users.site.waits + ", now " + users.site.paced, e);
        }
    }

    /** The lines of history about the throttle. */
    List<String> history() {
        return users.site.store.history(ExecutionSite.ID).stream()
                .filter(event -> event.event().startsWith("throttle-"))
                .map(event -> event.event() + " " + event.detail())
                .toList();
    }

    /** Ends a run that a test has left behind. */
    @Override
    public void close() {
        users.site.store.setPaused(ExecutionSite.ID, true);
        try {
            run.get(LONG.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | InterruptedException | TimeoutException e) {
            assertThat(run.isDone()).isTrue();
        }
    }
}
