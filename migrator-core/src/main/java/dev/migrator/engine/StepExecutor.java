package dev.migrator.engine;

import dev.migrator.Gate;
import dev.migrator.plan.Action;
import dev.migrator.plan.Step;
import java.util.List;

/**
 * Runs steps for real. A step's record changes in the step's own transaction, guarded by the lease's token.
 *
 * <p>Methods throw {@link StepFailure} with the class of the error, and {@link LeaseLostException} when the token is no
 * longer the newest.
 */
public interface StepExecutor {

    /**
     * Brings a step from planned, or half done by whomever, to done. A step that is done already is left alone.
     *
     * <p>Asks the control between batches and lets the {@link PausedException} through, with all that was done kept.
     */
    void run(Lease lease, Step step, StepControl control);

    /**
     * Brings a step from done, or half done, or half undone, back to planned. A step that was never begun is left alone.
     *
     * <p>Asks the control like {@link #run}.
     */
    void undo(Lease lease, Step step, StepControl control);

    /**
     * Tries the rows again that a backfill under way has passed over, and no others. A row that is filled, or that the
     * application has written or deleted meanwhile, is no longer on record; of the others it is recorded why they fail now.
     */
    RetryReport retryFailedRows(Lease lease, Step step, StepControl control);

    /** The catalog objects that the plan relies on, as they are now, one line each, in the form of the plan's fingerprint. */
    List<String> fingerprint(MigrationState state, List<StepState> steps);

    /**
     * Which rows the retired shape can't hold, so that a rollback over CONTRACT would lose them; none before CONTRACT. Reads
     * the tables.
     */
    CompareReport outgrownRows(MigrationState state, List<StepState> steps);

    /** Whether what a rollback requires is so now; reads nothing but what it names. */
    boolean holds(Action.Require requirement);

    /** Asks a query gate; anything but a quick, clean {@code true} is a reason to wait. */
    GateAnswer ask(Gate.Sql gate);

    /** Compares the two shapes of every row now, read-only. */
    CompareReport compare(MigrationState state, List<StepState> steps, StepControl control);
}
