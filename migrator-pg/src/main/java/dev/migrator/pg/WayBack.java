package dev.migrator.pg;

import dev.migrator.Phase;
import dev.migrator.Status;
import dev.migrator.engine.MigrationState;
import dev.migrator.engine.StepFailure;
import dev.migrator.engine.StepState;
import dev.migrator.engine.StepStatus;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.plan.Action;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/** Tells whether a migration could be rolled back now, as a rollback itself would find; changes nothing. */
final class WayBack {
    private static final Duration LIMIT = Duration.ofMillis(500);
    private static final int MOST_COUNTED = 10_000;

    private final DataSource source;

    WayBack(DataSource source) {
        this.source = source;
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
        List<Action.Compare> checks = done.stream()
                .filter(step -> step.step().undo() instanceof Action.Compare)
                .map(step -> (Action.Compare) step.step().undo())
                .toList();
        return checks.isEmpty() ? open(done, "") : afterContract(done, checks);
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
    private RollbackStatus afterContract(List<StepState> done, List<Action.Compare> checks) {
        long rows = 0;
        for (Action.Compare check : checks) {
            OptionalLong found = count(check);
            if (found.isEmpty()) {
                return open(
                        done,
                        "; it counts first the rows that the old shape can't hold, which takes longer than the "
                                + LIMIT.toMillis() + " ms that status allows itself, and refuses if there are any");
            }
            rows += found.getAsLong();
        }
        if (rows == 0) {
            return open(done, "; it reads the tables once before, for rows that the old shape can't hold");
        }
        String number = rows >= MOST_COUNTED ? "at least " + MOST_COUNTED : Long.toString(rows);
        return RollbackStatus.impossible("the way back leads over CONTRACT, and " + number
                + (rows == 1 ? " row holds values" : " rows hold values") + " that the old shape can't hold");
    }

    private OptionalLong count(Action.Compare check) {
        String condition =
                check.rules().stream().map(rule -> "(" + rule.condition() + ")").collect(Collectors.joining(" OR "));
        String query = "SELECT pg_catalog.count(*) AS n FROM (SELECT FROM %s AS %s WHERE %s LIMIT %d) AS found"
                .formatted(check.table().quoted(), check.table().name().quoted(), condition, MOST_COUNTED);
        try (Session session = Session.open(source)) {
            return OptionalLong.of(session.message(List.of(
                            "SET TRANSACTION READ ONLY",
                            "SET LOCAL lock_timeout = '" + LIMIT.toMillis() + "ms'",
                            "SET LOCAL statement_timeout = '" + LIMIT.toMillis() + "ms'",
                            query))
                    .get(0)
                    .number("n"));
        } catch (SQLException | StepFailure e) {
            return OptionalLong.empty();
        }
    }
}
