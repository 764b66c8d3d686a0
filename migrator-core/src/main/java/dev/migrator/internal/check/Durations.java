package dev.migrator.internal.check;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 50ms}, {@code 10s}, {@code 15m}, {@code 24h}, {@code 7d}, {@code 1h30m}. */
public final class Durations {

    private record Unit(String name, long millis) {}

    private static final List<Unit> UNITS = List.of(
            new Unit("d", 86_400_000L),
            new Unit("h", 3_600_000L),
            new Unit("m", 60_000L),
            new Unit("s", 1_000L),
            new Unit("ms", 1L));
    private static final Pattern FORM =
            Pattern.compile("(?:(\\d+)d)?(?:(\\d+)h)?(?:(\\d+)m(?!s))?(?:(\\d+)s)?(?:(\\d+)ms)?");
    private static final String EXAMPLES = "; write it as 50ms, 10s, 15m, 24h, 7d or 1h30m";

    private Durations() {}

    /**
     * Reads a duration.
     *
     * @param text the text
     * @return the duration, never negative
     * @throws IllegalArgumentException if it is none, as the rest of a sentence that begins with its subject
     */
    public static Duration parse(String text) {
        String trimmed = text.strip();
        if (trimmed.startsWith("-")) {
            throw new IllegalArgumentException("is negative: '" + Texts.oneLine(text) + "'");
        }
        Matcher matcher = FORM.matcher(trimmed);
        if (trimmed.isEmpty() || !matcher.matches()) {
            boolean bare = !trimmed.isEmpty() && trimmed.chars().allMatch(c -> c >= '0' && c <= '9');
            throw new IllegalArgumentException(
                    (bare ? "has no unit: '" : "is no duration: '") + Texts.oneLine(text) + "'" + EXAMPLES);
        }
        try {
            long millis = 0;
            for (int i = 0; i < UNITS.size(); i++) {
                String digits = matcher.group(i + 1);
                if (digits != null) {
                    long part = Math.multiplyExact(
                            Long.parseLong(digits), UNITS.get(i).millis());
                    millis = Math.addExact(millis, part);
                }
            }
            return Duration.ofMillis(millis);
        } catch (ArithmeticException | NumberFormatException e) {
            throw new IllegalArgumentException("is too long: '" + Texts.oneLine(text) + "'", e);
        }
    }

    /**
     * Writes a duration so that {@link #parse(String)} reads it, each duration in one form only.
     *
     * @param duration the duration, not negative
     * @return e.g. {@code 1h30m}
     */
    public static String format(Duration duration) {
        StringBuilder text = new StringBuilder();
        long millis = duration.toMillis();
        for (Unit unit : UNITS) {
            long count = millis / unit.millis();
            if (count > 0) {
                text.append(String.format(Locale.ROOT, "%d%s", count, unit.name()));
            }
            millis %= unit.millis();
        }
        return text.isEmpty() ? "0ms" : text.toString();
    }
}
