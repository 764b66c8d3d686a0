package dev.migrator.pg.plan;

import dev.migrator.Identifier;
import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.pg.internal.plan.PgPlanner;
import dev.migrator.pg.internal.state.StateSchema;
import dev.migrator.plan.Action;
import dev.migrator.plan.Plan;
import dev.migrator.plan.Step;
import dev.migrator.test.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Runs a plan's statements as they stand, without engine, locks or records: what the plan itself says is tested here, and
 * every statement of it against a real server.
 */
final class PlanRunner {
    private final TestDatabase database;
    private final Plan plan;

    PlanRunner(TestDatabase database, Migration migration) {
        this.database = database;
        new StateSchema(database.pool(), Identifier.of("migrator")).install();
        this.plan = new PgPlanner(database.pool(), Identifier.of("migrator")).plan(migration);
    }

    Plan plan() {
        return plan;
    }

    /** Runs all phases up to and with this one. */
    PlanRunner through(Phase last) {
        for (Phase phase : Phase.values()) {
            if (!last.isBefore(phase)) {
                run(phase);
            }
        }
        return this;
    }

    void run(Phase phase) {
        plan.steps(phase).forEach(step -> {
            run(step.action());
            if (!step.doneWhen().isEmpty() && !database.queryBoolean(step.doneWhen())) {
                throw new AssertionError(
                        "step " + step.ordinal() + " " + step.title() + " is not done: " + step.doneWhen());
            }
        });
    }

    /** Runs one step. */
    void step(Step step) {
        run(step.action());
    }

    void undo(Phase phase) {
        plan.undoOrder(phase).forEach(step -> run(step.undo()));
    }

    /** Undoes a phase's last steps, up to and with the one whose title has these words. */
    void undoThrough(Phase phase, String words) {
        for (Step step : plan.undoOrder(phase)) {
            run(step.undo());
            if (step.title().contains(words)) {
                return;
            }
        }
        throw new AssertionError("no step of " + phase + " is about: " + words);
    }

    /** The rows that break a rule of the phase's last comparison. */
    List<String> violations(Phase phase) {
        Optional<Action.Compare> last = Optional.empty();
        for (Step step : plan.steps(phase)) {
            if (step.action() instanceof Action.Compare compare) {
                last = Optional.of(compare);
            }
        }
        return last.map(this::violations).orElse(List.of());
    }

    private List<String> violations(Action.Compare compare) {
        List<String> violations = new ArrayList<>();
        for (Action.Violation rule : compare.rules()) {
            String alias = compare.table().name().quoted();
            long rows = database.queryLong(
                    "SELECT count(*) FROM " + compare.table().quoted() + " AS " + alias + " WHERE " + rule.condition());
            if (rows > 0) {
                violations.add(rows + " × " + rule.name());
            }
        }
        return violations;
    }

    private void run(Action action) {
        if (action instanceof Action.Transaction transaction) {
            database.execute(transaction.statements().toArray(String[]::new));
        } else if (action instanceof Action.Scan scan) {
            database.execute(scan.statements().toArray(String[]::new));
        } else if (action instanceof Action.BuildIndex build) {
            database.execute("CREATE " + (build.unique() ? "UNIQUE " : "") + "INDEX "
                    + build.name().quoted() + " ON " + build.table().quoted() + " " + build.definition());
        } else if (action instanceof Action.DropIndex drop) {
            database.execute("DROP INDEX IF EXISTS " + drop.table().schema().quoted() + "."
                    + drop.name().quoted());
        } else if (action instanceof Action.Backfill backfill) {
            database.execute("UPDATE " + backfill.table().quoted() + " AS "
                    + backfill.table().name().quoted() + " SET " + backfill.assignments() + " WHERE "
                    + backfill.pending());
        } else if (action instanceof Action.Compare compare) {
            List<String> violations = violations(compare);
            if (!violations.isEmpty()) {
                throw new AssertionError("the comparison found " + violations);
            }
        } else if (action instanceof Action.Script script) {
            database.execute(script.statements().toArray(String[]::new));
        } else if (action instanceof Action.Irreversible irreversible) {
            throw new AssertionError(irreversible.reason());
        }
    }
}
