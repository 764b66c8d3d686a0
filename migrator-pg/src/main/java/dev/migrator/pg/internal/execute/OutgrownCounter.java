package dev.migrator.pg.internal.execute;

import dev.migrator.engine.MigrationState;
import dev.migrator.engine.StepState;
import java.util.List;

/** Counts what the retired shape can't hold, as {@link dev.migrator.engine.StepExecutor#outgrownRows} promises. */
@FunctionalInterface
public interface OutgrownCounter {

    /** How many rows a rollback over CONTRACT would lose. */
    long count(MigrationState state, List<StepState> steps);
}
