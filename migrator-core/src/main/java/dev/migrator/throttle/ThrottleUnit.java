package dev.migrator.throttle;

import dev.migrator.internal.check.Durations;
import dev.migrator.internal.check.Texts;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** In what the value of a {@link ThrottleKey} is measured. */
public enum ThrottleUnit {
    /** Milliseconds, written as {@code 500ms}, {@code 10s}. */
    DURATION("a duration such as 500ms or 10s"),
    /** Bytes, written as {@code 64MB}, in powers of 1024 as PostgreSQL does. */
    SIZE("a size such as 64MB or 1GB"),
    /** A number. */
    COUNT("a number"),
    /** A share of a hundred, written as {@code 20%}. */
    PERCENT("a share such as 20%"),
    /** Not measured: a text of its own form. */
    TEXT("a text");

    private static final Pattern SIZE_FORM = Pattern.compile("(\\d{1,15}(?:\\.\\d{1,6})?)(B|kB|KB|MB|GB|TB)");
    private static final Pattern COUNT_FORM = Pattern.compile("\\d{1,15}");
    private static final Pattern PERCENT_FORM = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,3})?)%");
    private static final List<String> SIZES = List.of("B", "kB", "MB", "GB", "TB");

    private final String expected;

    ThrottleUnit(String expected) {
        this.expected = expected;
    }

    /**
     * Reads a value.
     *
     * @throws IllegalArgumentException if it is none, as the rest of a sentence that begins with its subject
     */
    double parse(String text) {
        return switch (this) {
            case DURATION -> Durations.parse(text).toMillis();
            case SIZE -> {
                Matcher matcher = matched(SIZE_FORM, text);
                String unit = matcher.group(2).equals("KB") ? "kB" : matcher.group(2);
                yield Double.parseDouble(matcher.group(1)) * Math.pow(1024, SIZES.indexOf(unit));
            }
            case COUNT -> Double.parseDouble(matched(COUNT_FORM, text).group());
            case PERCENT -> Double.parseDouble(matched(PERCENT_FORM, text).group(1));
            case TEXT -> throw new IllegalArgumentException("is not measured");
        };
    }

    private Matcher matched(Pattern form, String text) {
        Matcher matcher = form.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("is not " + expected + ": '" + Texts.oneLine(text) + "'");
        }
        return matcher;
    }

    /**
     * Writes a value for people.
     *
     * @param value the value, in milliseconds, bytes, or as a number
     * @return e.g. {@code 1m30s}, {@code 64 MB}, {@code 20 %}
     */
    public String format(double value) {
        return switch (this) {
            case DURATION -> Durations.format(Duration.ofMillis(Math.round(Math.max(0, value))));
            case SIZE -> {
                int unit = 0;
                double rest = value;
                while (rest >= 1024 && unit < SIZES.size() - 1) {
                    rest /= 1024;
                    unit++;
                }
                yield String.format(Locale.ROOT, rest % 1 == 0 ? "%.0f %s" : "%.1f %s", rest, SIZES.get(unit));
            }
            case COUNT, TEXT -> String.format(Locale.ROOT, "%,.0f", value);
            case PERCENT -> String.format(Locale.ROOT, value % 1 == 0 ? "%.0f %%" : "%.1f %%", value);
        };
    }

    /** What is expected, for messages. */
    String expected() {
        return expected;
    }
}
