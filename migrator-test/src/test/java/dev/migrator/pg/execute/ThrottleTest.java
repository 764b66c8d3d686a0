package dev.migrator.pg.execute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.engine.LeaseLostException;
import dev.migrator.engine.PausedException;
import dev.migrator.pg.internal.throttle.ThrottleSetup;
import dev.migrator.throttle.ThrottleAnswer;
import dev.migrator.throttle.ThrottleKey;
import dev.migrator.throttle.ThrottleSettings;
import dev.migrator.throttle.ThrottleSignal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a backfill makes of an answer, whoever gives it. */
class ThrottleTest {
    private static final int ROWS = 3000;

    private final BackfillSite users = BackfillSite.of(ROWS);
    private volatile ThrottleSignal answer = () -> ThrottleAnswer.stop("not now");

    @AfterEach
    void drop() {
        users.close();
    }

    private ThrottleSetup own() {
        return ThrottledRun.setup(ThrottleSettings.defaults()).withOwn(List.of(() -> answer.ask()));
    }

    private List<String> workers() {
        return users.site.db.queryStrings(
                "SELECT pace || ' ' || factor || ' ' || reason || ' ' || coalesce(until::text, '-') FROM migrator.backfill_worker");
    }

    @Test
    void aSignalOfOnesOwnStopsItAndItIsSeenInTheTableOfWorkersAndTheHistory() {
        try (ThrottledRun run = ThrottledRun.of(users, own())) {
            run.awaitStopped("a signal of the application: not now").assertHoldsNothing(ROWS);
            run.await("seen", () -> !workers().isEmpty() && !run.history().isEmpty());
            assertThat(workers()).containsExactly("STOPPED 1 a signal of the application: not now -");
            answer = ThrottleAnswer::normal;
            run.goesOn();
            assertThat(workers()).isEmpty();
            assertThat(run.history())
                    .hasSize(2)
                    .satisfies(lines ->
                            assertThat(lines.get(0)).isEqualTo("throttle-stopped a signal of the application: not now"))
                    .satisfies(lines -> assertThat(lines.get(1))
                            .matches("throttle-resumed after \\d+\\.\\d s; it was stopped: .*not now"));
            assertThat(users.site.paced).contains("stopped: a signal of the application: not now", "");
        }
    }

    @Test
    void oneThatThrowsOrHangsIsNotTakenForFine() {
        CountDownLatch forEver = new CountDownLatch(1);
        answer = () -> {
            throw new IllegalStateException("no metrics");
        };
        try (ThrottledRun run = ThrottledRun.of(users, own())) {
            run.awaitStopped("not known, it threw java.lang.IllegalStateException: no metrics")
                    .assertHoldsNothing(ROWS);
            answer = () -> {
                forEver.await();
                return ThrottleAnswer.normal();
            };
            run.await("told", () -> users.site.paced.stream()
                    .anyMatch(told -> told.contains("has not answered within 100 ms")));
            run.assertHoldsNothing(ROWS);
            // It was interrupted, and is asked anew.
            answer = ThrottleAnswer::normal;
            run.goesOn();
        }
    }

    @Test
    void oneThatSlowsItDownMakesItRestBetweenBatches() {
        int pauses = users.site.pace.pauses();
        answer = () -> ThrottleAnswer.slow(5, "busy");
        try (ThrottledRun run = ThrottledRun.of(users, own())) {
            run.goesOn();
        }
        assertThat(users.site.pace.pauses() - pauses).as("rests").isPositive();
        assertThat(users.site.paced).containsExactly("slowed down by 5.0: a signal of the application: busy");
        assertThat(users.site.waits).isEmpty();
    }

    @Test
    void aPauseEndsTheWaitAndSoDoesTheLossOfTheLease() {
        try (ThrottledRun run = ThrottledRun.of(users, own())) {
            run.awaitStopped("not now");
            users.site.store.setPaused(ExecutionSite.ID, true);
            assertThatThrownBy(run::join).isInstanceOf(PausedException.class);
        }
        users.site.store.setPaused(ExecutionSite.ID, false);
        users.site.waits.clear();
        try (ThrottledRun run = ThrottledRun.of(users, own())) {
            run.awaitStopped("not now");
            users.site.takeOver();
            assertThatThrownBy(run::join).isInstanceOf(LeaseLostException.class);
        }
        assertThat(users.pending()).isEqualTo(ROWS);
    }

    @Test
    void aTimeWindowOpensByTheClock() {
        SettableClock clock = new SettableClock(Instant.parse("2026-03-02T12:00:00Z"));
        ThrottleSetup setup =
                ThrottledRun.setup(ThrottleKey.WINDOWS, "22:00-06:00").withClock(clock);
        try (ThrottledRun run = ThrottledRun.of(users, setup)) {
            run.awaitStopped("outside of the time windows 22:00-06:00").assertHoldsNothing(ROWS);
            run.await("seen", () -> !workers().isEmpty());
            assertThat(workers().get(0)).contains("2026-03-02 22:00:00+00");
            clock.set(Instant.parse("2026-03-02T22:00:00Z"));
            run.goesOn();
        }
    }

    @Test
    void knobsAreReadWhileItRunsAndTakenBackToo() {
        users.site.store.tune(ExecutionSite.ID, Map.of("throttle.wraparoundAge", "..1"), false);
        try (ThrottledRun run = ThrottledRun.of(users, ThrottledRun.setup(ThrottleKey.WRAPAROUND_AGE, "off"))) {
            run.awaitStopped("not frozen");
            users.site.store.tune(ExecutionSite.ID, Map.of("throttle.wraparoundAge", "default"), false);
            run.goesOn();
        }
        assertThat(users.site.store.history(ExecutionSite.ID))
                .filteredOn(event -> event.event().equals("tuned"))
                .extracting(event -> event.detail())
                .containsExactly(
                        "throttle.wraparoundAge=..1; now: throttle.wraparoundAge=..1",
                        "throttle.wraparoundAge=default; now: as in the file");
    }

    @Test
    void whoAsksForNothingIsNotStoppedByWhatCantBeObserved() {
        users.site.db.execute("ALTER FUNCTION migrator.turnstile(text, text) RENAME TO turnstile_gone");
        users.site.db.execute(
                "CREATE OR REPLACE FUNCTION migrator.fence(for_target text, for_migration text, held_token bigint) RETURNS void LANGUAGE sql AS ''");
        users.run();
        users.assertComplete();
    }
}
