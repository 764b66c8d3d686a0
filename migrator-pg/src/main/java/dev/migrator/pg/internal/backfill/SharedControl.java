package dev.migrator.pg.internal.backfill;

import dev.migrator.engine.Progress;
import dev.migrator.engine.StepControl;

/** A control that several threads may use: what is told arrives one by one. */
final class SharedControl implements StepControl {
    private final StepControl control;

    SharedControl(StepControl control) {
        this.control = control;
    }

    @Override
    public void checkpoint() {
        control.checkpoint();
    }

    @Override
    public synchronized void progress(Progress progress) {
        control.progress(progress);
    }

    @Override
    public synchronized void waits(String reason) {
        control.waits(reason);
    }

    @Override
    public synchronized void paced(String pace) {
        control.paced(pace);
    }
}
