package dev.migrator.pg.internal.backfill;

import dev.migrator.engine.Progress;
import dev.migrator.engine.StepControl;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** The control of one who helps: asked between batches, it looks once a second whether there is still work to do. */
final class LooksAnew implements StepControl {
    static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

    private final BooleanSupplier goesOn;
    private long lastLook = System.nanoTime();

    LooksAnew(BooleanSupplier goesOn) {
        this.goesOn = goesOn;
    }

    @Override
    public void checkpoint() {
        long now = System.nanoTime();
        if (now - lastLook < BETWEEN_LOOKS.toNanos()) {
            return;
        }
        lastLook = now;
        if (!goesOn.getAsBoolean()) {
            throw new StoppedException();
        }
    }

    @Override
    public void progress(Progress progress) {
        // The engine tells of it.
    }
}
