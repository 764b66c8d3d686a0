package dev.migrator.throttle;

import java.util.OptionalDouble;

/**
 * From when a signal slows a backfill down, and from when it stops it. Written as {@code 10s} (stop above 10 s, slow from half
 * of it), {@code 2s..10s} (slow above 2 s, stop above 10 s), {@code 2s..} (slow only) or {@code ..10s} (stop only).
 *
 * @param unit in what it is measured: milliseconds, bytes, or a number
 * @param slowAbove above it the backfill is the slower the higher the value is; empty: it is not slowed down
 * @param stopAbove above it the backfill stops; empty: it is not stopped
 */
public record ThrottleLimit(ThrottleUnit unit, OptionalDouble slowAbove, OptionalDouble stopAbove) {
    private static final String BETWEEN = "..";

    /**
     * Checks the limit.
     *
     * @throws IllegalArgumentException if it limits nothing, or contradicts itself
     */
    public ThrottleLimit {
        if (slowAbove.isEmpty() && stopAbove.isEmpty()) {
            throw new IllegalArgumentException("limits nothing");
        }
        if (stopAbove.orElse(1) <= 0 || slowAbove.orElse(0) < 0) {
            throw new IllegalArgumentException("is 0; it must be more than nothing, or off");
        }
        if (slowAbove.isPresent() && stopAbove.isPresent() && slowAbove.getAsDouble() >= stopAbove.getAsDouble()) {
            throw new IllegalArgumentException("slows down above " + unit.format(slowAbove.getAsDouble())
                    + ", which is not less than " + unit.format(stopAbove.getAsDouble()) + ", above which it stops");
        }
    }

    /**
     * Reads a limit.
     *
     * @param unit in what it is measured
     * @param text the limit as people write it
     * @return the limit
     * @throws IllegalArgumentException if it is none, as the rest of a sentence that begins with its subject
     */
    public static ThrottleLimit parse(ThrottleUnit unit, String text) {
        int at = text.indexOf(BETWEEN);
        if (at < 0) {
            double stop = unit.parse(text);
            return new ThrottleLimit(unit, OptionalDouble.of(stop / 2), OptionalDouble.of(stop));
        }
        return new ThrottleLimit(
                unit, part(unit, text.substring(0, at)), part(unit, text.substring(at + BETWEEN.length())));
    }

    private static OptionalDouble part(ThrottleUnit unit, String text) {
        return text.isBlank() ? OptionalDouble.empty() : OptionalDouble.of(unit.parse(text));
    }
}
