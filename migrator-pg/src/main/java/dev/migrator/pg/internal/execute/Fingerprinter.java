package dev.migrator.pg.internal.execute;

import dev.migrator.engine.MigrationState;
import dev.migrator.engine.StepState;
import java.util.List;

/** Reads the catalog objects that a plan relies on, as {@link dev.migrator.engine.StepExecutor#fingerprint} promises. */
@FunctionalInterface
public interface Fingerprinter {

    /** One line for each object, as it is now. */
    List<String> fingerprint(MigrationState state, List<StepState> steps);
}
