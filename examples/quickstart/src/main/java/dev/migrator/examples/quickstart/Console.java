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

    /** What this is all about. */
    void intro(String text) {
        text.lines().forEach(out::println);
        out.println();
    }

    /** A heading. */
    void title(String text) {
        out.println();
        out.println(text);
        out.println("-".repeat(Math.min(text.length(), WIDTH)));
    }

    /** Something that happens now. */
    void say(String text, Object... values) {
        wrapped(String.format(Locale.ROOT, "%6.1f s ", elapsed().toMillis() / 1000.0), text, values);
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

    // The annotation that Error Prone asks for would be a dependency of its own.
    @SuppressWarnings("AnnotateFormatMethod")
    private void wrapped(String prefix, String text, Object... values) {
        String start = prefix;
        for (String line : text.formatted(values).lines().toList()) {
            wrap(start, line);
            start = " ".repeat(prefix.length());
        }
        out.flush();
    }

    private void wrap(String start, String text) {
        StringBuilder line = new StringBuilder(start);
        for (String word : text.strip().split(" ", -1)) {
            if (line.length() > start.length() && line.length() + 1 + word.length() > WIDTH) {
                out.println(line);
                line = new StringBuilder(" ".repeat(start.length()));
            }
            line.append(line.length() > start.length() ? " " : "").append(word);
        }
        out.println(line);
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
