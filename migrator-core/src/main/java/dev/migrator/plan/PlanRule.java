package dev.migrator.plan;

import dev.migrator.Phase;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What every plan must obey, whatever operation it comes from. A planner's plan is checked before it is shown or used, so a
 * mistake in a planner is found on paper.
 */
public enum PlanRule {
    /** A step that scans takes no lock that an application's reads or writes conflict with. */
    SCANS_UNDER_NO_HURTFUL_LOCK {
        @Override
        Optional<String> broken(Plan plan, Step step) {
            for (Action action : List.of(step.action(), step.undo())) {
                if (action instanceof Action.Scan scan) {
                    for (TableLock lock : scan.locks()) {
                        if (lock.mode().hurtsApplications()) {
                            return Optional.of("scans while it holds " + lock);
                        }
                    }
                }
            }
            return Optional.empty();
        }
    },
    /** A transaction names the locks that it takes. */
    LOCKS_ARE_NAMED {
        @Override
        Optional<String> broken(Plan plan, Step step) {
            for (Action action : List.of(step.action(), step.undo())) {
                if (action instanceof Action.Transaction transaction
                        && transaction.locks().isEmpty()
                        && step.effects().stream().anyMatch(effect -> effect == Effect.RETIRES)) {
                    return Optional.of("takes no lock by name, yet changes what releases see");
                }
            }
            return Optional.empty();
        }
    },
    /** Nothing that the old release needs goes before CONTRACT. */
    OLD_SHAPE_STAYS_UNTIL_CONTRACT {
        @Override
        Optional<String> broken(Plan plan, Step step) {
            boolean early = step.phase().isBefore(Phase.CONTRACT);
            return early && step.effects().contains(Effect.RETIRES)
                    ? Optional.of("retires something in " + step.phase())
                    : Optional.empty();
        }
    },
    /** Writes are narrowed in VALIDATE at the earliest, behind its gate. */
    NARROWS_FROM_VALIDATE {
        @Override
        Optional<String> broken(Plan plan, Step step) {
            boolean early = step.phase().isBefore(Phase.VALIDATE);
            return early && step.effects().contains(Effect.NARROWS)
                    ? Optional.of("narrows what may be written in " + step.phase())
                    : Optional.empty();
        }
    },
    /** Nothing is destroyed before PURGE. */
    NOTHING_DESTROYED_BEFORE_PURGE {
        @Override
        Optional<String> broken(Plan plan, Step step) {
            boolean early = step.phase().isBefore(Phase.PURGE);
            return early && step.effects().contains(Effect.DESTROYS)
                    ? Optional.of("destroys something in " + step.phase())
                    : Optional.empty();
        }
    },
    /** Every helper that a step makes is removed by a later step, so that nothing is left after PURGE. */
    HELPERS_ARE_REMOVED {
        @Override
        Optional<String> broken(Plan plan, Step step) {
            for (Artifact artifact : step.makes()) {
                boolean removed = plan.steps().stream()
                        .anyMatch(other -> other.ordinal() >= step.ordinal()
                                && other.removes().contains(artifact));
                if (artifact.helper() && !removed) {
                    return Optional.of("makes the helper " + artifact.name() + " and nothing removes it");
                }
            }
            return Optional.empty();
        }
    },
    /** A step removes only what the migration made, or destroys in PURGE. */
    REMOVES_ONLY_ITS_OWN {
        @Override
        Optional<String> broken(Plan plan, Step step) {
            Set<Artifact> made = new HashSet<>(plan.artifacts());
            for (Artifact artifact : step.removes()) {
                if (!made.contains(artifact) && !step.effects().contains(Effect.DESTROYS)) {
                    return Optional.of("removes " + artifact.name() + ", which this migration did not make");
                }
            }
            return Optional.empty();
        }
    },
    /** What a step makes before PURGE, its undo takes away. */
    WHAT_IS_MADE_CAN_BE_UNMADE {
        @Override
        Optional<String> broken(Plan plan, Step step) {
            boolean makes = !step.makes().isEmpty() && step.phase().isBefore(Phase.PURGE);
            return makes && step.undo() instanceof Action.Nothing
                    ? Optional.of("makes " + step.makes().get(0).name() + " and has no undo")
                    : Optional.empty();
        }
    },
    /** Steps stand in the order of their phases. */
    PHASES_ONLY_ADVANCE {
        @Override
        Optional<String> broken(Plan plan, Step step) {
            boolean unordered = plan.steps().stream()
                    .anyMatch(other ->
                            other.ordinal() < step.ordinal() && step.phase().isBefore(other.phase()));
            return unordered ? Optional.of("stands after a step of a later phase") : Optional.empty();
        }
    };

    abstract Optional<String> broken(Plan plan, Step step);

    /**
     * Checks a plan against all rules.
     *
     * @return one line for each broken rule, empty for a sound plan
     */
    public static List<String> check(Plan plan) {
        List<String> broken = new ArrayList<>();
        for (Step step : plan.steps()) {
            for (PlanRule rule : values()) {
                rule.broken(plan, step)
                        .ifPresent(what ->
                                broken.add(rule + ": step " + step.ordinal() + " (" + step.title() + ") " + what));
            }
        }
        return List.copyOf(broken);
    }
}
