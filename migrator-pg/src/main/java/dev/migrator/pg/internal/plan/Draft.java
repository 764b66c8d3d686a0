package dev.migrator.pg.internal.plan;

import dev.migrator.Phase;
import dev.migrator.plan.Action;
import dev.migrator.plan.Artifact;
import dev.migrator.plan.Effect;
import dev.migrator.plan.Step;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * A step that does not know its place in the plan yet.
 *
 * @param phase its phase
 * @param slot its order within the phase; equal slots stand in the order in which they were drafted
 * @param paths the operations that it serves
 * @param title what it does
 * @param action how
 * @param undo how it is taken back
 * @param doneWhen how to see that it is done
 * @param effects what it means for live releases
 * @param makes what exists after it
 * @param removes what is gone after it
 */
record Draft(
        Phase phase,
        int slot,
        List<String> paths,
        String title,
        Action action,
        Action undo,
        String doneWhen,
        Set<Effect> effects,
        List<Artifact> makes,
        List<Artifact> removes) {

    static Draft of(
            Phase phase, int slot, List<String> paths, String title, Action action, Action undo, Effect effect) {
        return new Draft(phase, slot, paths, title, action, undo, "", Set.of(effect), List.of(), List.of());
    }

    Draft doneWhen(String query) {
        return new Draft(phase, slot, paths, title, action, undo, query, effects, makes, removes);
    }

    Draft making(List<Artifact> artifacts) {
        return new Draft(phase, slot, paths, title, action, undo, doneWhen, effects, artifacts, removes);
    }

    Draft removing(List<Artifact> artifacts) {
        return new Draft(phase, slot, paths, title, action, undo, doneWhen, effects, makes, artifacts);
    }

    /** The steps of these drafts in the order in which they run. */
    static List<Step> number(List<Draft> drafts) {
        List<Draft> sorted = new ArrayList<>(drafts);
        sorted.sort(Comparator.comparing(Draft::phase).thenComparing(Draft::slot));
        List<Step> steps = new ArrayList<>();
        for (Draft draft : sorted) {
            steps.add(new Step(
                    draft.phase,
                    steps.size() + 1,
                    draft.paths,
                    draft.title,
                    draft.action,
                    draft.undo,
                    draft.doneWhen,
                    draft.effects,
                    draft.makes,
                    draft.removes));
        }
        return steps;
    }
}
