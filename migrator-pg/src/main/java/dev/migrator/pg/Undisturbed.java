package dev.migrator.pg;

import dev.migrator.engine.Progress;
import dev.migrator.engine.StepControl;
import java.util.function.Consumer;

/** The control of a comparison: it changes nothing, so no pause stops it. */
record Undisturbed(Consumer<Progress> listener) implements StepControl {

    @Override
    public void checkpoint() {}

    @Override
    public void progress(Progress progress) {
        listener.accept(progress);
    }
}
