package dev.migrator.pg.internal.backfill;

import dev.migrator.engine.Progress;
import dev.migrator.engine.StepControl;

/** The control of one worker: wherever it waits, it may be stopped by its overseer, too. */
final class OverseenControl implements StepControl {
    private final StepControl control;
    private final Overseer overseer;

    OverseenControl(StepControl control, Overseer overseer) {
        this.control = control;
        this.overseer = overseer;
    }

    @Override
    public void checkpoint() {
        overseer.checkpoint();
        control.checkpoint();
    }

    @Override
    public void progress(Progress progress) {
        control.progress(progress);
    }

    @Override
    public void waits(String reason) {
        control.waits(reason);
    }

    @Override
    public void paced(String pace) {
        control.paced(pace);
    }
}
