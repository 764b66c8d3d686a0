package dev.migrator.examples.quickstart;

import dev.migrator.Direction;
import dev.migrator.Status;
import dev.migrator.engine.EngineListener;
import dev.migrator.engine.Position;
import dev.migrator.engine.Progress;
import dev.migrator.plan.Action;
import dev.migrator.plan.Step;
import java.time.Duration;

/** Prints how a migration goes on. */
final class Telling implements EngineListener {

    private static final Duration BETWEEN_LINES = Duration.ofSeconds(2);

    private final Console console;
    private Duration phaseBegan = Duration.ZERO;
    private Duration stepBegan = Duration.ZERO;
    private Duration lastLine = Duration.ZERO;
    private boolean filling;
    private long rows;

    Telling(Console console) {
        this.console = console;
    }

    @Override
    public synchronized void moved(String migration, Position position, String detail) {
        Duration took = console.elapsed().minus(phaseBegan);
        if (position.direction() == Direction.ROLLING_BACK && detail.endsWith("is undone")) {
            console.say("%s (%s).", detail, Console.seconds(took));
        } else if (position.direction() == Direction.ROLLING_BACK && position.status() == Status.PENDING) {
            console.say("%s is undone (%s).", position.phase(), Console.seconds(took));
        } else if (position.direction() == Direction.FORWARD && position.status() == Status.COMPLETE) {
            console.say("%s is complete (%s).", position.phase(), Console.seconds(took));
        }
        phaseBegan = console.elapsed();
    }

    @Override
    public synchronized void stepBegins(String migration, Step step, boolean forward) {
        stepBegan = console.elapsed();
        lastLine = stepBegan;
        filling = forward && step.action() instanceof Action.Backfill;
        rows = 0;
    }

    @Override
    public synchronized void progress(String migration, Progress progress) {
        rows = progress.rows();
        if (filling && console.elapsed().minus(lastLine).compareTo(BETWEEN_LINES) > 0) {
            lastLine = console.elapsed();
            console.more("%d %%: %s rows", 100 * progress.done() / Math.max(1, progress.total()), Console.count(rows));
        }
    }

    @Override
    public synchronized void stepDone(String migration, Step step, boolean forward) {
        Duration took = console.elapsed().minus(stepBegan);
        if (filling) {
            long aSecond = rows * 1000 / Math.max(1, took.toMillis());
            console.more(
                    "%s rows filled in %s, %s a second",
                    Console.count(rows), Console.seconds(took), Console.count(aSecond));
        } else if (forward && step.action() instanceof Action.Compare) {
            console.more("the two shapes of every row compared in %s: they agree", Console.seconds(took));
        } else if (forward && step.action() instanceof Action.BuildIndex) {
            console.more("an index built in %s", Console.seconds(took));
        }
    }

    @Override
    public void retries(String migration, String reason) {
        console.more("again: %s", reason);
    }
}
