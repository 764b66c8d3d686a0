package dev.migrator.engine;

import dev.migrator.Gate;
import dev.migrator.plan.Action;
import dev.migrator.plan.Step;
import java.util.List;
import java.util.Optional;

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
     *
     * @param guard what a step that takes something away asks once more, in its own transaction
     */
    void run(Lease lease, Step step, Optional<ReleaseGuard> guard, StepControl control);

    /** As {@link #run(Lease, Step, Optional, StepControl)}, with nothing to ask. */
    default void run(Lease lease, Step step, StepControl control) {
        run(lease, step, Optional.empty(), control);
    }

    /**
     * Brings a step from done, or half done, or half undone, back to planned. A step that was never begun is left alone.
     *
     * <p>Asks the control, and the guard, like {@link #run(Lease, Step, Optional, StepControl)}.
     */
    void undo(Lease lease, Step step, Optional<ReleaseGuard> guard, StepControl control);

    /** As {@link #undo(Lease, Step, Optional, StepControl)}, with nothing to ask. */
    default void undo(Lease lease, Step step, StepControl control) {
        undo(lease, step, Optional.empty(), control);
    }

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

    /**
     * Asks a gate that only the server can answer: {@code sql}, {@code replicaLag}, {@code noUse}. What is not a quick, clean
     * answer is not known.
     */
    GateAnswer ask(Gate gate, GateQuestion question);

    /** Looks at the registered instances, and at the sessions that belong to none of them. */
    LiveReleases releases(Gate.Releases gate, GateQuestion question);

    /** Compares the two shapes of every row now, read-only. */
    CompareReport compare(MigrationState state, List<StepState> steps, StepControl control);
}
