package dev.migrator.pg.internal.throttle;

import dev.migrator.throttle.ThrottleAnswer;
import dev.migrator.throttle.ThrottleLimit;
import dev.migrator.throttle.ThrottleUnit;
import java.util.Optional;

/**
 * Makes answers of one signal's readings, so that a value that wavers about its limit does not make the work waver.
 *
 * <ol>
 *   <li>A value above a limit counts at once.
 *   <li>The limit is behind it only when {@value #CALM} readings in a row were below 80 % of it.
 *   <li>Between the limits the factor grows linearly, to {@value #MOST}.
 *   <li>What is not known stops if it was asked for, and changes nothing of what was known before.
 * </ol>
 */
public final class Hysteresis {
    private static final int CALM = 3;
    private static final double BACK = 0.8;
    private static final double MOST = 10;

    private enum State {
        NORMAL,
        SLOW,
        STOPPED
    }

    private final String noun;
    private final Optional<ThrottleLimit> limit;
    private final boolean asked;
    private State state = State.NORMAL;
    private int belowSlow;
    private int belowStop;
    private String lastBad = "";

    /**
     * A signal that nothing is known of yet.
     *
     * @param noun what is measured, for people
     * @param limit the limits; empty if it is not measured
     * @param asked whether somebody asked for it, so that what is not known stops
     */
    public Hysteresis(String noun, Optional<ThrottleLimit> limit, boolean asked) {
        this.noun = noun;
        this.limit = limit;
        this.asked = asked;
    }

    /** What a reading means after those before it. */
    public ThrottleAnswer after(Reading reading) {
        if (reading instanceof Reading.Unknown unknown) {
            return asked ? ThrottleAnswer.stop(noun + ": not known, " + unknown.why()) : ThrottleAnswer.normal();
        } else if (reading instanceof Reading.Bad bad) {
            state = State.STOPPED;
            belowStop = 0;
            belowSlow = 0;
            lastBad = bad.reason();
            return new ThrottleAnswer.Stop(bad.reason(), bad.until());
        } else if (reading instanceof Reading.Level level && limit.isPresent()) {
            return after(level, limit.get());
        }
        return afterFine();
    }

    private ThrottleAnswer afterFine() {
        belowStop++;
        if (state == State.STOPPED && belowStop < CALM) {
            return ThrottleAnswer.stop(wasBad());
        }
        state = State.NORMAL;
        return ThrottleAnswer.normal();
    }

    private String wasBad() {
        return lastBad + " (until a moment ago)";
    }

    private ThrottleAnswer after(Reading.Level level, ThrottleLimit limits) {
        double slow = limits.slowAbove().orElse(Double.POSITIVE_INFINITY);
        double stop = limits.stopAbove().orElse(Double.POSITIVE_INFINITY);
        double value = level.value();
        belowStop = value < stop * BACK ? belowStop + 1 : 0;
        belowSlow = value < slow * BACK ? belowSlow + 1 : 0;
        if (value > stop) {
            state = State.STOPPED;
            lastBad = "";
        } else if (state == State.STOPPED && belowStop >= CALM) {
            state = belowSlow >= CALM || limits.slowAbove().isEmpty() ? State.NORMAL : State.SLOW;
        } else if (state == State.NORMAL && value > slow) {
            state = State.SLOW;
        } else if (state == State.SLOW && belowSlow >= CALM) {
            state = State.NORMAL;
        }
        return switch (state) {
            case NORMAL -> ThrottleAnswer.normal();
            case SLOW -> ThrottleAnswer.slow(factor(value, limits), text(level, limits.unit(), "slow above", slow));
            case STOPPED ->
                ThrottleAnswer.stop(lastBad.isEmpty() ? text(level, limits.unit(), "stopped above", stop) : wasBad());
        };
    }

    /** From where it would be normal again to where it would stop. */
    private static double factor(double value, ThrottleLimit limits) {
        double slow = limits.slowAbove().orElseThrow();
        double stop = limits.stopAbove().orElse(2 * slow);
        double from = slow * BACK;
        double share = (value - from) / Math.max(stop - from, Double.MIN_NORMAL);
        return 1 + (MOST - 1) * Math.max(0, Math.min(1, share));
    }

    private String text(Reading.Level level, ThrottleUnit unit, String above, double bound) {
        String about = level.about().isEmpty() ? "" : " (" + level.about() + ")";
        return noun + " " + unit.format(level.value()) + about + ", " + above + " " + unit.format(bound)
                + (level.value() > bound ? "" : " until it stays below " + unit.format(bound * BACK));
    }
}
