package dev.migrator.pg.internal.throttle;

import dev.migrator.engine.LeaseLostException;
import dev.migrator.engine.Pace;
import dev.migrator.engine.StepControl;
import dev.migrator.throttle.ThrottleAnswer;
import java.time.Duration;

/** One worker of a backfill, as the throttle sees it. To be used by one thread. */
public final class ThrottledWorker {
    /** A pause that somebody asks for begins within this time. */
    private static final Duration STEP = Duration.ofMillis(250);

    private static final long SHOW_EVERY = 1_000_000_000L;

    private final Throttle throttle;
    private final String name;
    private final WorkerTable records;
    private final Pace pace;
    private final long begun = System.nanoTime();
    private volatile boolean shown;
    private long shownAt = begun;
    private String shownPace = Decision.NORMAL.pace();
    private String note = "";

    ThrottledWorker(Throttle throttle, String name, WorkerTable records, Pace pace) {
        this.throttle = throttle;
        this.name = name;
        this.records = records;
        this.pace = pace;
    }

    String name() {
        return name;
    }

    /** Whether people may see a row of it. */
    boolean isShown() {
        return shown;
    }

    /**
     * To be called before each batch, holding no transaction: returns when it may begin, after the rest that the pace asks
     * for, or at once if it has to wait.
     *
     * @param control asked at least four times a second while it rests; what it throws ends the rest
     * @param lastBatch how long the last batch took; zero: there was none
     * @return whether the batch may begin; if not, what others could do meanwhile is to be given up, and then waited
     * @throws LeaseLostException if the migration is another engine's by now
     */
    public boolean mayBegin(StepControl control, Duration lastBatch) {
        Decision decision = throttle.next(control);
        show(decision, lastBatch);
        if (decision.answer() instanceof ThrottleAnswer.Slow slow) {
            rest(control, Duration.ofNanos((long) (lastBatch.toNanos() * (slow.factor() - 1))));
        }
        return !decision.stops();
    }

    /**
     * Waits as long as it is stopped.
     *
     * @param control asked at least four times a second; what it throws ends the wait
     * @throws LeaseLostException if the migration is another engine's by now
     */
    public void await(StepControl control) {
        while (!mayBegin(control, Duration.ZERO)) {
            pace.pause(STEP);
            control.checkpoint();
        }
    }

    private void rest(StepControl control, Duration duration) {
        Duration left = duration;
        while (left.compareTo(STEP) > 0) {
            pace.pause(STEP);
            control.checkpoint();
            left = left.minus(STEP);
        }
        if (!left.isZero()) {
            pace.pause(left);
        }
    }

    /** Replaces what people should know of its work beside its pace; empty: nothing. */
    public void note(String text) {
        if (!text.equals(note)) {
            note = text;
            shownAt = System.nanoTime() - SHOW_EVERY;
        }
    }

    /** What lasts less than a second and is not held back need not be seen. */
    private void show(Decision decision, Duration lastBatch) {
        long now = System.nanoTime();
        if (now - shownAt < SHOW_EVERY && decision.pace().equals(shownPace)) {
            return;
        }
        shownAt = now;
        shownPace = decision.pace();
        shown = true;
        records.write(name, decision, lastBatch, note);
    }
}
