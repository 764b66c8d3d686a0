package dev.migrator.examples.rolling;

import java.io.PrintStream;
import java.util.Locale;

/** Tells what happens, and when. */
final class TimeLine {
    private static final int WIDTH = 100;

    private final PrintStream out;
    private final long begun = System.nanoTime();

    TimeLine(PrintStream out) {
        this.out = out;
    }

    void tell(String what) {
        StringBuilder line =
                new StringBuilder(String.format(Locale.ROOT, "%6.1f s ", (System.nanoTime() - begun) / 1e9));
        for (String word : what.split(" ", -1)) {
            if (line.length() + word.length() > WIDTH) {
                out.println(line);
                line = new StringBuilder(" ".repeat(9));
            }
            line.append(' ').append(word);
        }
        out.println(line);
    }
}
