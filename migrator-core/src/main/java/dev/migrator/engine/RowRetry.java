package dev.migrator.engine;

import dev.migrator.Direction;
import dev.migrator.plan.Action;
import java.util.Optional;

/** Tries the rows again that a migration's backfills have passed over, and does nothing else. */
final class RowRetry {
    private final Walk walk;

    RowRetry(Walk walk) {
        this.walk = walk;
    }

    RetryReport run() {
        MigrationState state = walk.state().orElseThrow(() -> refused("has not started, so no row of it has failed."));
        if (state.direction() == Direction.ROLLING_BACK) {
            throw refused("is on its way back, and its backfill is not wanted any more.");
        }
        if (walk.isPaused()) {
            throw refused("is paused: resume it first.");
        }
        RetryReport report = new RetryReport(0, false);
        try {
            for (StepState step : walk.steps()) {
                if (step.step().action() instanceof Action.Backfill && step.status() == StepStatus.RUNNING) {
                    report = report.plus(walk.retryFailedRows(step.step()));
                }
            }
        } catch (PausedException e) {
            throw new StepFailure(
                    ErrorClass.PERMANENT, "", e.getMessage() + " What was mended by then stays so.", Optional.empty());
        }
        return report;
    }

    private StepFailure refused(String why) {
        return new StepFailure(
                ErrorClass.PERMANENT,
                "",
                "Migration " + walk.id() + " " + why + " Nothing was tried.",
                Optional.empty());
    }
}
