package dev.migrator.examples.quickstart;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** Prints what happens, each line with the seconds since the beginning, none wider than a terminal. */
final class Console {

    private static final int WIDTH = 79;
    private static final String INDENT = "         ";

    private final PrintStream out;
    private final long begin = System.nanoTime();

    Console(PrintStream out) {
        this.out = out;
    }

    /** A heading. */
    void title(String text) {
        out.println();
        out.println(text);
        out.println("-".repeat(Math.min(text.length(), WIDTH)));
    }

    /** Something that happens now. */
    void say(String text, Object... values) {
        wrapped("%6.1f s ".formatted(elapsed().toMillis() / 1000.0), text, values);
    }

    /** More about it. */
    void more(String text, Object... values) {
        wrapped(INDENT + "  ", text, values);
    }

    /** Text as it is. */
    void quote(String text) {
        text.lines().forEach(line -> out.println("  | " + line));
    }

    /** The time since the beginning. */
    Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    private void wrapped(String prefix, String text, Object... values) {
        StringBuilder line = new StringBuilder(prefix);
        boolean fresh = true;
        for (String word : text.formatted(values).split(" ")) {
            if (!fresh && line.length() + 1 + word.length() > WIDTH) {
                out.println(line);
                line = new StringBuilder(" ".repeat(prefix.length()));
                fresh = true;
            }
            line.append(fresh ? "" : " ").append(word);
            fresh = false;
        }
        out.println(line);
        out.flush();
    }

    /** A count with its thousands set apart. */
    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** A short duration. */
    static String milliseconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f ms", duration.toNanos() / 1e6);
    }

    /** A longer one. */
    static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
    }
}
