package dev.migrator.maven;

import java.io.PrintWriter;
import java.io.Writer;
import java.util.function.Consumer;

/** Hands over what is written line by line. */
final class LineWriter extends Writer {
    private final Consumer<String> reader;
    private final StringBuilder line = new StringBuilder();

    private LineWriter(Consumer<String> reader) {
        this.reader = reader;
    }

    /** A writer whose whole lines go to a reader; its last one, if it has no end, when it is closed. */
    static LineWriter of(Consumer<String> reader) {
        return new LineWriter(reader);
    }

    /** The same, to print to. */
    static PrintWriter to(Consumer<String> reader) {
        return new PrintWriter(of(reader));
    }

    @Override
    public void write(char[] text, int from, int length) {
        synchronized (lock) {
            for (int i = from; i < from + length; i++) {
                if (text[i] == '\n') {
                    hand();
                } else if (text[i] != '\r') {
                    line.append(text[i]);
                }
            }
        }
    }

    private void hand() {
        String whole = line.toString();
        line.setLength(0);
        reader.accept(whole);
    }

    @Override
    public void flush() {
        // A line is handed over when it is whole.
    }

    @Override
    public void close() {
        synchronized (lock) {
            if (!line.isEmpty()) {
                hand();
            }
        }
    }
}
