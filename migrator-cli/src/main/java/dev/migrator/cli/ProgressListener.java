package dev.migrator.cli;

import dev.migrator.Status;
import dev.migrator.engine.EngineListener;
import dev.migrator.engine.Position;
import dev.migrator.engine.Progress;
import dev.migrator.plan.Step;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows what an engine does on stderr: a bar with rate and remaining time on a terminal, plain lines elsewhere. */
final class ProgressListener implements EngineListener {
    private static final Duration LINE_EVERY = Duration.ofSeconds(5);

    private final PrintWriter err;
    private final boolean terminal;
    private Optional<ProgressBar> bar = Optional.empty();
    private String stepTitle = "";
    private Progress last = new Progress("", 0, 0, 0);
    private String pace = "";
    private boolean waited;
    private Progress first = new Progress("", 0, 0, 0);
    private long began = System.nanoTime();
    private long lastLine = began;
    private String lastRetry = "";
    private String lastMove = "";

    private ProgressListener(PrintWriter err, boolean terminal) {
        this.err = err;
        this.terminal = terminal;
    }

    static ProgressListener onStderr(PrintWriter err) {
        return new ProgressListener(err, Terminal.isStderr());
    }

    /** Lines only, whoever watches. */
    static ProgressListener plain(PrintWriter err) {
        return new ProgressListener(err, false);
    }

    private synchronized void say(String line) {
        finish();
        err.println(line);
        err.flush();
    }

    @Override
    public void moved(String migration, Position position, String detail) {
        // What stopped it is told at the end, once.
        boolean told = position.status() == Status.FAILED || position.status() == Status.WAITING;
        String line = migration + ": " + position + (told || detail.isEmpty() ? "" : ", " + detail);
        if (!line.equals(lastMove)) {
            lastMove = line;
            say(line);
        }
    }

    @Override
    public void stepBegins(String migration, Step step, boolean forward) {
        lastRetry = "";
        say(migration + ":   " + (forward ? "" : "undo: ") + step.title());
    }

    @Override
    public synchronized void progress(String migration, Progress progress) {
        if (!stepTitle.equals(progress.title())) {
            finish();
            stepTitle = progress.title();
            first = progress;
            began = System.nanoTime();
            lastLine = began;
            bar = terminal ? Optional.of(bar(progress)) : Optional.empty();
        }
        last = progress;
        if (terminal) {
            bar.ifPresent(shown -> shown.maxHint(progress.total()).stepTo(progress.done()));
            showExtra();
        } else if (System.nanoTime() - lastLine > LINE_EVERY.toNanos()) {
            lastLine = System.nanoTime();
            err.println(migration + ":     " + line(progress));
            err.flush();
        }
    }

    private void showExtra() {
        bar.ifPresent(shown -> shown.setExtraMessage(
                String.format(Locale.ROOT, " %,d rows, %,.0f rows/s", last.rows(), rate(last)) + paced()));
    }

    private String paced() {
        return pace.isEmpty() ? "" : ", " + pace;
    }

    private static ProgressBar bar(Progress progress) {
        return new ProgressBarBuilder()
                .setTaskName("  blocks")
                .setInitialMax(progress.total())
                .startsFrom(progress.done(), Duration.ZERO)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(200)
                .build();
    }

    private String line(Progress progress) {
        long came = progress.done() - first.done();
        long left = came > 0 ? Math.round(seconds() / came * (progress.total() - progress.done())) : -1;
        return String.format(
                        Locale.ROOT,
                        "%,d of %,d blocks, %,d rows, %,.0f rows/s%s",
                        progress.done(),
                        progress.total(),
                        progress.rows(),
                        rate(progress),
                        left < 0 ? "" : ", " + left + " s remaining")
                + paced();
    }

    private double rate(Progress progress) {
        return (progress.rows() - first.rows()) / seconds();
    }

    private double seconds() {
        return Math.max(0.001, (System.nanoTime() - began) / 1e9);
    }

    @Override
    public void retries(String migration, String reason) {
        if (!reason.equals(lastRetry)) {
            lastRetry = reason;
            say(migration + ":   tries again: " + reason);
        }
    }

    @Override
    public synchronized void waits(String migration, String reason) {
        waited = true;
        say(migration + ":   waits for " + reason);
    }

    @Override
    public synchronized void paced(String migration, String newPace) {
        pace = newPace;
        if (pace.isEmpty() && waited) {
            waited = false;
            say(migration + ":   goes on");
        } else {
            showExtra();
        }
    }

    /** Ends the bar, if there is one. */
    synchronized void finish() {
        bar.ifPresent(ProgressBar::close);
        bar = Optional.empty();
        stepTitle = "";
    }
}
