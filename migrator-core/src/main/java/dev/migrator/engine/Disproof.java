package dev.migrator.engine;

import dev.migrator.Identifier;
import dev.migrator.plan.Action;
import dev.migrator.plan.Step;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What becomes of a constraint when the scan that was to prove it has met a row that breaks it: a constraint that is not
 * valid yet refuses every write of such a row all the same, so it must not stay in force until somebody comes by.
 *
 * <ol>
 *   <li>The steps that added it are undone, and count as not done: the next attempt adds it again.
 *   <li>The phase's comparison of the same operations is run again, since it can name the rows, which the scan can't. It
 *       does not count as done either.
 * </ol>
 */
final class Disproof {

    private final Walk walk;
    private final Step scan;
    private final StepFailure failure;

    Disproof(Walk walk, Step scan, StepFailure failure) {
        this.walk = walk;
        this.scan = scan;
        this.failure = failure;
    }

    /** What happened and was done about it, for people; empty if the failure is of another kind. */
    Optional<String> settle() {
        if (!(scan.action() instanceof Action.Scan proof)
                || proof.proves().isEmpty()
                || failure.errorClass() != ErrorClass.PERMANENT) {
            return Optional.empty();
        }
        List<Step> adding = adding(Set.copyOf(proof.proves()));
        String message = Failing.of(walk, scan.phase(), failure);
        try {
            adding.forEach(step -> walk.undo(step));
        } catch (StepFailure | PausedException e) {
            return Optional.of(message + "\nStill in force: " + titles(adding)
                    + ". It refuses every write of a row that breaks it, and could not be taken back: " + e.getMessage()
                    + "\nMend the rows, then run migrate again; or roll back. Either ends it.");
        }
        String undone =
                "Migration " + walk.id() + ", " + scan.phase() + ", step " + scan.ordinal() + " (" + scan.title()
                        + "): some row breaks what it was to prove. So that this refuses no write, it was taken back at once: "
                        + titles(adding) + ".\n";
        return Optional.of(undone + culprits().orElse(failure.getMessage()));
    }

    private static String titles(List<Step> steps) {
        return steps.stream()
                .map(step -> "step " + step.ordinal() + " (" + step.title() + ")")
                .collect(Collectors.joining(", "));
    }

    /** The steps that brought the constraints into force, the last one first. */
    private List<Step> adding(Set<Identifier> constraints) {
        List<Step> adding = new ArrayList<>();
        for (StepState state : walk.steps(scan.phase())) {
            boolean adds = state.step().makes().stream()
                    .anyMatch(artifact -> constraints.contains(artifact.name())
                            && scan.locks().stream()
                                    .anyMatch(lock -> lock.table().equals(artifact.table())));
            if (adds && state.status() != StepStatus.PLANNED && state.step().ordinal() < scan.ordinal()) {
                adding.add(0, state.step());
            }
        }
        return adding;
    }

    /** What the comparison says of the rows; empty if there is none, or it finds none or does not come to an end. */
    private Optional<String> culprits() {
        Optional<StepState> comparison = walk.steps(scan.phase()).stream()
                .filter(state -> state.step().action() instanceof Action.Compare
                        && state.step().operation().equals(scan.operation()))
                .min(Comparator.comparing(state -> state.step().ordinal()));
        if (comparison.isEmpty()) {
            return Optional.empty();
        }
        Step step = comparison.get().step();
        try {
            if (comparison.get().status() != StepStatus.PLANNED) {
                walk.undo(step);
            }
            walk.run(step);
            walk.undo(step);
            return Optional.empty();
        } catch (PausedException e) {
            return Optional.empty();
        } catch (StepFailure e) {
            return e.errorClass() == ErrorClass.PERMANENT ? Optional.ofNullable(e.getMessage()) : Optional.empty();
        }
    }
}
