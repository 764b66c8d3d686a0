package dev.migrator.pg;

import dev.migrator.Phase;
import dev.migrator.Status;
import dev.migrator.engine.CompareReport;
import dev.migrator.engine.MigrationState;
import dev.migrator.engine.Requirements;
import dev.migrator.engine.StepFailure;
import dev.migrator.engine.StepState;
import dev.migrator.engine.StepStatus;
import dev.migrator.pg.internal.execute.OutgrownLook;
import dev.migrator.pg.internal.execute.RequirementLook;
import dev.migrator.plan.Action;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.sql.DataSource;

/** Tells whether a migration could be rolled back now, as a rollback itself would find; changes nothing. */
final class WayBack {
    private static final Duration LIMIT = Duration.ofMillis(500);
    private static final int MOST_COUNTED = 10_000;

    private final OutgrownLook look;
    private final RequirementLook requirements;

    WayBack(DataSource source) {
        this.look = new OutgrownLook(source, LIMIT, MOST_COUNTED);
        this.requirements = new RequirementLook(source, LIMIT);
    }

    RollbackStatus of(MigrationState state, List<StepState> steps) {
        if (state.isRolledBack()) {
            return RollbackStatus.impossible("it is rolled back already");
        }
        List<StepState> done = steps.stream()
                .filter(step -> step.status() != StepStatus.PLANNED)
                .toList();
        boolean purged = done.stream().anyMatch(step -> step.step().phase() == Phase.PURGE)
                || (state.phase() == Phase.PURGE && state.status() == Status.COMPLETE);
        if (purged) {
            return RollbackStatus.impossible("PURGE has begun, the point of no return: there is only the way forward");
        }
        for (StepState step : done) {
            if (step.step().undo() instanceof Action.Irreversible irreversible) {
                return RollbackStatus.impossible("step " + step.step().ordinal() + " ("
                        + step.step().title() + ") has no way back: " + irreversible.reason());
            }
        }
        boolean counts = done.stream().anyMatch(step -> step.step().undo() instanceof Action.Compare);
        RollbackStatus status = counts ? afterContract(done) : open(done, "");
        return status.possible() ? unmet(steps).map(RollbackStatus::impossible).orElse(status) : status;
    }

    private Optional<String> unmet(List<StepState> steps) {
        return Requirements.of(steps)
                .flatMap(require -> {
                    try {
                        return requirements.at(require) ? Stream.of() : Stream.of(require.otherwise());
                    } catch (StepFailure e) {
                        return Stream.of("it can't be seen whether there is a way back: " + e.getMessage());
                    }
                })
                .findFirst();
    }

    private static RollbackStatus open(List<StepState> done, String before) {
        List<String> rebuilt = done.stream()
                .filter(step -> step.step().undo() instanceof Action.BuildIndex
                        || step.step().undo() instanceof Action.Backfill)
                .map(step -> step.step().title())
                .toList();
        return rebuilt.isEmpty()
                ? new RollbackStatus(true, RollbackStatus.INSTANT, "only definitions change" + before)
                : new RollbackStatus(
                        true,
                        RollbackStatus.REBUILD,
                        "what these steps did is built again: " + String.join(", ", rebuilt) + before);
    }

    /** The rollback counts the rows that the old shape can't hold, and refuses if there are any. */
    private RollbackStatus afterContract(List<StepState> done) {
        Optional<CompareReport> found = look.at(done);
        if (found.isEmpty()) {
            return open(
                    done,
                    "; it counts first the rows that the old shape can't hold, which takes longer than the "
                            + LIMIT.toMillis() + " ms that status allows itself, and refuses if there are any");
        }
        long rows = found.get().differing();
        if (rows == 0) {
            return open(done, "; it reads the tables once before, for rows that the old shape can't hold");
        }
        String number = rows >= MOST_COUNTED ? "at least " + MOST_COUNTED : Long.toString(rows);
        return RollbackStatus.impossible("the way back leads over CONTRACT, and " + number
                + (rows == 1 ? " row holds values" : " rows hold values") + " that the old shape can't hold"
                + (rows == 1 ? ": " : ", the first: ")
                + String.join("; ", found.get().examples())
                + (rows == 1 ? ". Change or delete that row" : ". Change or delete those rows")
                + " to be able to roll back");
    }
}
