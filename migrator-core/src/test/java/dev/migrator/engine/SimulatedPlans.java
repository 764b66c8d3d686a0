package dev.migrator.engine;

import dev.migrator.Gate;
import dev.migrator.Identifier;
import dev.migrator.Migration;
import dev.migrator.MigrationBuilder;
import dev.migrator.Phase;
import dev.migrator.QualifiedName;
import dev.migrator.plan.Action;
import dev.migrator.plan.Artifact;
import dev.migrator.plan.Effect;
import dev.migrator.plan.LockMode;
import dev.migrator.plan.Plan;
import dev.migrator.plan.Step;
import dev.migrator.plan.TableLock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** A migration that has a step of every kind, for the in-memory database. */
final class SimulatedPlans {
    static final QualifiedName TABLE = QualifiedName.of("public", "users");
    static final Gate.Sql QUERY = new Gate.Sql("SELECT true");
    static final Duration SOAK = Duration.ofSeconds(30);

    /** Whose old shape is retired after that of the first. */
    static final QualifiedName OTHER = QualifiedName.of("public", "teams");

    /** Steps are wanted by their numbers, up to this one; what belongs together has one number. */
    static final int LAST = 13;

    private static final int BACKFILL = 3;
    private static final int PLAIN = 10;
    private static final int CHECK = 11;
    private static final int RETIRE = 12;
    private static final int RETIRE_OTHER = 13;
    private static final Identifier CHECK_NAME = Identifier.of("check of rows");
    private static final Artifact TRIGGER =
            new Artifact(Artifact.Kind.TRIGGER, TABLE, Identifier.of("sync trigger"), true);

    private SimulatedPlans() {}

    static MigrationBuilder builder() {
        return Migration.builder("0001_full_name").addColumn("users", "full_name", "text");
    }

    /** Gates of every kind: a query before VALIDATE, by default approvals before CONTRACT and PURGE, there also a soak time. */
    static Migration gated() {
        return builder()
                .gates(Phase.VALIDATE, QUERY)
                .gates(Phase.PURGE, new Gate.Soak(SOAK), new Gate.Approval())
                .build();
    }

    static Migration ungated() {
        return builder().gates(Phase.CONTRACT).gates(Phase.PURGE).build();
    }

    /** One step of each kind. */
    static Plan plan() {
        return plan(step -> step <= PLAIN);
    }

    /** The plan with those of its steps that are wanted; those that make and remove the trigger are in any. */
    static Plan plan(Predicate<Integer> wanted) {
        Action.BuildIndex index = new Action.BuildIndex(TABLE, Identifier.of("ix"), true, "(full_name)");
        Action unindex = new Action.DropIndex(TABLE, index.name());
        Action gone = new Action.Irreversible("the old shape is dropped.");
        List<Step> steps = new ArrayList<>();
        List<Step> all = List.of(
                step(Phase.EXPAND, 1, transaction("+new column"), transaction("-new column")),
                new Step(
                        Phase.EXPAND,
                        2,
                        List.of(),
                        "add the trigger",
                        transaction("+trigger"),
                        transaction("-trigger"),
                        "",
                        Set.of(Effect.ADDS),
                        List.of(TRIGGER),
                        List.of()),
                step(Phase.BACKFILL, BACKFILL, new Action.Backfill(TABLE, "", ""), new Action.Nothing()),
                step(Phase.VALIDATE, 4, index, unindex),
                step(Phase.VALIDATE, 5, scan(List.of(), "+check"), transaction("-check")),
                step(Phase.VALIDATE, 6, new Action.Compare(TABLE, List.of(), List.of()), new Action.Nothing()),
                new Step(
                        Phase.VALIDATE,
                        CHECK,
                        List.of(),
                        "add a check",
                        transaction("+check of rows"),
                        transaction("-check of rows"),
                        "",
                        Set.of(Effect.ADDS),
                        List.of(new Artifact(Artifact.Kind.CONSTRAINT, TABLE, CHECK_NAME, false)),
                        List.of()),
                step(
                        Phase.VALIDATE,
                        CHECK,
                        scan(List.of(CHECK_NAME), "+proof of the check"),
                        transaction("-proof of the check")),
                step(Phase.CONTRACT, 7, transaction("+swap"), transaction("-swap")),
                retiring(TABLE, RETIRE),
                retiring(OTHER, RETIRE_OTHER),
                proving(TABLE, RETIRE),
                proving(OTHER, RETIRE_OTHER),
                step(Phase.CONTRACT, 8, script("+note"), script("-note")),
                step(Phase.PURGE, 9, new Action.DropIndex(TABLE, Identifier.of("old")), gone),
                new Step(
                        Phase.PURGE,
                        PLAIN,
                        List.of(),
                        "drop the trigger and the old column",
                        transaction("-trigger", "+purged"),
                        gone,
                        "",
                        Set.of(Effect.DESTROYS),
                        List.of(),
                        List.of(TRIGGER)));
        for (Step step : all) {
            boolean always = step.ordinal() < 3 || step.ordinal() == PLAIN;
            boolean never = step.action() instanceof Action.Compare && !wanted.test(BACKFILL);
            if (!never && (always || wanted.test(step.ordinal()))) {
                steps.add(renumbered(step, steps.size() + 1));
            }
        }
        return new Plan("0001_full_name", steps, List.of(), List.of(), List.of());
    }

    private static Step renumbered(Step step, int ordinal) {
        return new Step(
                step.phase(),
                ordinal,
                step.operation(),
                step.title(),
                step.action(),
                step.undo(),
                step.doneWhen(),
                step.effects(),
                step.makes(),
                step.removes());
    }

    private static Step step(Phase phase, int ordinal, Action action, Action undo) {
        String title = action.getClass().getSimpleName() + " in " + phase;
        return new Step(phase, ordinal, List.of(), title, action, undo, "", Set.of(), List.of(), List.of());
    }

    /** Brings the old shape back only after a proof that it is whole. */
    private static Step retiring(QualifiedName table, int number) {
        return new Step(
                Phase.CONTRACT,
                number,
                List.of(),
                "retire the old shape of " + table,
                transaction(table, "+retired " + table),
                transaction(table, "-proof of " + table, "-retired " + table),
                "",
                Set.of(Effect.RETIRES),
                List.of(),
                List.of());
    }

    private static Step proving(QualifiedName table, int number) {
        return step(Phase.CONTRACT, number, new Action.Nothing(), transaction(table, "=proof of " + table));
    }

    private static Action transaction(String... statements) {
        return transaction(TABLE, statements);
    }

    private static Action transaction(QualifiedName table, String... statements) {
        return new Action.Transaction(List.of(new TableLock(table, LockMode.ACCESS_EXCLUSIVE)), List.of(statements));
    }

    private static Action scan(List<Identifier> proves, String... statements) {
        return new Action.Scan(
                List.of(new TableLock(TABLE, LockMode.SHARE_UPDATE_EXCLUSIVE)), List.of(statements), proves);
    }

    private static Action script(String... statements) {
        return new Action.Script(List.of(statements));
    }
}
