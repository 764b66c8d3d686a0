package dev.migrator.engine;

import dev.migrator.plan.Step;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Passes everything on and never lets a listener's exception break the work. */
final class SafeListener implements EngineListener {
    private static final Logger LOG = LoggerFactory.getLogger(SafeListener.class);

    private final EngineListener target;

    SafeListener(EngineListener target) {
        this.target = target;
    }

    @Override
    public void moved(String migration, Position position, String detail) {
        safely(() -> target.moved(migration, position, detail));
    }

    @Override
    public void stepBegins(String migration, Step step, boolean forward) {
        safely(() -> target.stepBegins(migration, step, forward));
    }

    @Override
    public void stepDone(String migration, Step step, boolean forward) {
        safely(() -> target.stepDone(migration, step, forward));
    }

    @Override
    public void progress(String migration, Progress progress) {
        safely(() -> target.progress(migration, progress));
    }

    @Override
    public void waits(String migration, String reason) {
        safely(() -> target.waits(migration, reason));
    }

    @Override
    public void paced(String migration, String pace) {
        safely(() -> target.paced(migration, pace));
    }

    @Override
    public void retries(String migration, String reason) {
        safely(() -> target.retries(migration, reason));
    }

    private static void safely(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            LOG.warn("A listener failed; the migration goes on", e);
        }
    }
}
