package dev.migrator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Identifier;
import dev.migrator.Phase;
import dev.migrator.QualifiedName;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PlanRuleTest {
    private static final QualifiedName TABLE = QualifiedName.of("public", "users");
    private static final Artifact TRIGGER = artifact("sync", true);
    private static final Artifact COLUMN = artifact("full_name", false);
    private static final Artifact OLD = artifact("name", false);
    private static final Action NO_LOCKS = new Action.Transaction(List.of(), List.of("…"));

    private static final Draft ADD = draft(Phase.EXPAND, Effect.ADDS).making(COLUMN, TRIGGER);
    private static final Draft FILL = draft(Phase.BACKFILL, Effect.FILLS);
    private static final Draft PROVE =
            draft(Phase.VALIDATE, Effect.NARROWS).doing(scan(LockMode.SHARE_UPDATE_EXCLUSIVE));
    private static final Draft SWAP = draft(Phase.CONTRACT, Effect.RETIRES);
    private static final Draft DROP = draft(Phase.PURGE, Effect.DESTROYS)
            .undoneBy(new Action.Irreversible("the data are gone."))
            .removing(TRIGGER, OLD);

    /** For each rule a plan that breaks it, and nothing else, with what is said of it. */
    private static final Map<PlanRule, Broken> BROKEN = new EnumMap<>(Map.of(
            PlanRule.SCANS_UNDER_NO_HURTFUL_LOCK,
            new Broken(
                    plan(ADD, FILL, PROVE.undoneBy(scan(LockMode.SHARE)), SWAP, DROP),
                    "step 3 (VALIDATE step) scans while it holds SHARE on \"public\".\"users\""),
            PlanRule.LOCKS_ARE_NAMED,
            new Broken(plan(ADD, FILL, PROVE, SWAP.doing(NO_LOCKS), DROP), "step 4 (CONTRACT step) takes no lock"),
            PlanRule.OLD_SHAPE_STAYS_UNTIL_CONTRACT,
            new Broken(
                    plan(ADD, FILL, PROVE.effecting(Effect.RETIRES), SWAP, DROP),
                    "step 3 (VALIDATE step) retires something in VALIDATE"),
            PlanRule.NARROWS_FROM_VALIDATE,
            new Broken(
                    plan(ADD, FILL.effecting(Effect.NARROWS), PROVE, SWAP, DROP),
                    "step 2 (BACKFILL step) narrows what may be written in BACKFILL"),
            PlanRule.NOTHING_DESTROYED_BEFORE_PURGE,
            new Broken(
                    plan(ADD, FILL, PROVE, SWAP.effecting(Effect.DESTROYS), DROP),
                    "step 4 (CONTRACT step) destroys something in CONTRACT"),
            PlanRule.HELPERS_ARE_REMOVED,
            new Broken(
                    plan(ADD, FILL, PROVE, SWAP, DROP.removing(OLD)),
                    "step 1 (EXPAND step) makes the helper sync and nothing removes it"),
            PlanRule.REMOVES_ONLY_ITS_OWN,
            new Broken(
                    plan(ADD, FILL, PROVE, SWAP.removing(OLD), DROP),
                    "step 4 (CONTRACT step) removes name, which this migration did not make"),
            PlanRule.WHAT_IS_MADE_CAN_BE_UNMADE,
            new Broken(
                    plan(ADD.undoneBy(new Action.Nothing()), FILL, PROVE, SWAP, DROP),
                    "step 1 (EXPAND step) makes full_name and has no undo"),
            PlanRule.PHASES_ONLY_ADVANCE,
            new Broken(
                    plan(ADD, PROVE, FILL, SWAP, DROP),
                    "step 3 (BACKFILL step) stands after a step of a later phase")));

    private record Broken(Plan plan, String told) {}

    @Test
    void everyRuleHasAPlanThatBreaksIt() {
        assertThat(BROKEN).containsOnlyKeys(PlanRule.values());
    }

    @ParameterizedTest
    @EnumSource(PlanRule.class)
    void aBrokenRuleIsNamedWithItsStepAndNoOtherIs(PlanRule rule) {
        Broken broken = BROKEN.getOrDefault(rule, new Broken(plan(), ""));

        assertThat(PlanRule.check(broken.plan()))
                .singleElement()
                .asString()
                .startsWith(rule + ": ")
                .contains(broken.told());
    }

    @Test
    void aSoundPlanBreaksNone() {
        assertThat(PlanRule.check(plan(ADD, FILL, PROVE, SWAP, DROP))).isEmpty();
    }

    @Test
    void aScanForwardIsLookedAtLikeAScanBack() {
        assertThat(PlanRule.check(plan(PROVE.doing(scan(LockMode.ACCESS_EXCLUSIVE)))))
                .singleElement()
                .asString()
                .startsWith("SCANS_UNDER_NO_HURTFUL_LOCK");
    }

    @Test
    void aHelperMayBeRemovedByTheStepThatMakesIt() {
        assertThat(PlanRule.check(plan(ADD.making(TRIGGER).removing(TRIGGER)))).isEmpty();
    }

    @Test
    void aHelperThatIsRemovedBeforeItIsMadeIsLeft() {
        assertThat(PlanRule.check(plan(draft(Phase.EXPAND, Effect.ADDS).removing(TRIGGER), ADD)))
                .singleElement()
                .asString()
                .startsWith("HELPERS_ARE_REMOVED");
    }

    @Test
    void allThatIsBrokenIsToldAtOnce() {
        Draft bad = draft(Phase.EXPAND, Effect.DESTROYS).effecting(Effect.RETIRES, Effect.NARROWS, Effect.DESTROYS);

        assertThat(PlanRule.check(plan(bad))).hasSize(3);
    }

    private static Artifact artifact(String name, boolean helper) {
        return new Artifact(Artifact.Kind.TRIGGER, TABLE, Identifier.of(name), helper);
    }

    private static Action scan(LockMode mode) {
        return new Action.Scan(List.of(new TableLock(TABLE, mode)), List.of("…"));
    }

    private static Draft draft(Phase phase, Effect effect) {
        Action change = new Action.Transaction(List.of(new TableLock(TABLE, LockMode.ACCESS_EXCLUSIVE)), List.of("…"));
        return new Draft(phase, Set.of(effect), change, change, List.of(), List.of());
    }

    private static Plan plan(Draft... drafts) {
        List<Step> steps = new ArrayList<>();
        for (Draft draft : drafts) {
            steps.add(draft.step(steps.size() + 1));
        }
        return new Plan("0001", steps, List.of(), List.of(), List.of());
    }

    /** A step to change a little. */
    private record Draft(
            Phase phase,
            Set<Effect> effects,
            Action action,
            Action undo,
            List<Artifact> makes,
            List<Artifact> removes) {

        Draft effecting(Effect... others) {
            return new Draft(phase, Set.of(others), action, undo, makes, removes);
        }

        Draft doing(Action other) {
            return new Draft(phase, effects, other, undo, makes, removes);
        }

        Draft undoneBy(Action other) {
            return new Draft(phase, effects, action, other, makes, removes);
        }

        Draft making(Artifact... others) {
            return new Draft(phase, effects, action, undo, List.of(others), removes);
        }

        Draft removing(Artifact... others) {
            return new Draft(phase, effects, action, undo, makes, List.of(others));
        }

        Step step(int ordinal) {
            return new Step(phase, ordinal, List.of(), phase + " step", action, undo, "", effects, makes, removes);
        }
    }
}
