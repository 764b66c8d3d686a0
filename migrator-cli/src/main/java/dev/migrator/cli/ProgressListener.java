package dev.migrator.cli;

import dev.migrator.engine.EngineListener;
import dev.migrator.engine.Position;
import dev.migrator.engine.Progress;
import dev.migrator.plan.Step;
import java.io.PrintWriter;
import java.time.Duration;
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
    private String barTitle = "";
    private long lastLine = System.nanoTime();
    private String lastRetry = "";

    private ProgressListener(PrintWriter err, boolean terminal) {
        this.err = err;
        this.terminal = terminal;
    }

    static ProgressListener onStderr(PrintWriter err) {
        return new ProgressListener(err, System.console() != null);
    }

    private synchronized void say(String line) {
        finish();
        err.println(line);
        err.flush();
    }

    @Override
    public void moved(String migration, Position position, String detail) {
        say(migration + ": " + position + (detail.isEmpty() ? "" : ", " + detail));
    }

    @Override
    public void stepBegins(String migration, Step step, boolean forward) {
        lastRetry = "";
        say(migration + ":   " + (forward ? "" : "undo: ") + step.title());
    }

    @Override
    public synchronized void progress(String migration, Progress progress) {
        if (terminal) {
            if (!barTitle.equals(progress.title())) {
                finish();
                barTitle = progress.title();
                bar = Optional.of(new ProgressBarBuilder()
                        .setTaskName("  blocks")
                        .setInitialMax(progress.total())
                        .setStyle(ProgressBarStyle.ASCII)
                        .setUpdateIntervalMillis(200)
                        .showSpeed()
                        .build());
            }
            bar.ifPresent(shown -> shown.maxHint(progress.total())
                    .stepTo(progress.done())
                    .setExtraMessage(" " + progress.rows() + " rows"));
        } else if (System.nanoTime() - lastLine > LINE_EVERY.toNanos()) {
            lastLine = System.nanoTime();
            err.println(migration + ":     " + progress.done() + " of " + progress.total() + " blocks, "
                    + progress.rows() + " rows");
            err.flush();
        }
    }

    @Override
    public void retries(String migration, String reason) {
        if (!reason.equals(lastRetry)) {
            lastRetry = reason;
            say(migration + ":   tries again: " + reason);
        }
    }

    /** Ends the bar, if there is one. */
    synchronized void finish() {
        bar.ifPresent(ProgressBar::close);
        bar = Optional.empty();
        barTitle = "";
    }
}
