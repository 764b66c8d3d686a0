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

    private static final int BACKFILL = 3;
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

    static Plan plan() {
        return plan(step -> true);
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
                step(Phase.VALIDATE, 5, scan("+check"), transaction("-check")),
                step(Phase.VALIDATE, 6, new Action.Compare(TABLE, List.of(), List.of()), new Action.Nothing()),
                step(Phase.CONTRACT, 7, transaction("+swap"), transaction("-swap")),
                step(Phase.CONTRACT, 8, script("+note"), script("-note")),
                step(Phase.PURGE, 9, new Action.DropIndex(TABLE, Identifier.of("old")), gone),
                new Step(
                        Phase.PURGE,
                        10,
                        List.of(),
                        "drop the trigger and the old column",
                        transaction("-trigger", "+purged"),
                        gone,
                        "",
                        Set.of(Effect.DESTROYS),
                        List.of(),
                        List.of(TRIGGER)));
        for (Step step : all) {
            boolean always = step.ordinal() < 3 || step.ordinal() == 10;
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

    private static Action transaction(String... statements) {
        return new Action.Transaction(List.of(new TableLock(TABLE, LockMode.ACCESS_EXCLUSIVE)), List.of(statements));
    }

    private static Action scan(String... statements) {
        return new Action.Scan(List.of(new TableLock(TABLE, LockMode.SHARE_UPDATE_EXCLUSIVE)), List.of(statements));
    }

    private static Action script(String... statements) {
        return new Action.Script(List.of(statements));
    }
}
