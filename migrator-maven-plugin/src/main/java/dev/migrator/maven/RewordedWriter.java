package dev.migrator.maven;

import java.io.PrintWriter;

/** Says a report in Maven's words. */
final class RewordedWriter extends PrintWriter {
    private final PrintWriter target;

    RewordedWriter(PrintWriter target) {
        super(LineWriter.of(line -> target.println(Wording.ofReport(line))));
        this.target = target;
    }

    @Override
    public boolean checkError() {
        boolean lost = super.checkError();
        return target.checkError() || lost;
    }

    @Override
    public void close() {
        super.close();
        target.close();
    }
}
