package dev.migrator.plan;

import dev.migrator.Phase;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * All that a migration will do, phase by phase, decided before its first change.
 *
 * @param migration the migration's id
 * @param steps the steps, by ordinal
 * @param findings what preflight found and did not refuse
 * @param tables the tables touched
 * @param fingerprint one line for each catalog object that the plan relies on, as it was when the plan was made
 * @param estimates what its long steps will take; empty for a plan that was recorded
 * @param disks what it needs of each disk
 */
public record Plan(
        String migration,
        List<Step> steps,
        List<Finding> findings,
        List<TableEstimate> tables,
        List<String> fingerprint,
        List<Estimate> estimates,
        List<DiskNeed> disks) {

    /** A plan without estimates. */
    public Plan(
            String migration,
            List<Step> steps,
            List<Finding> findings,
            List<TableEstimate> tables,
            List<String> fingerprint) {
        this(migration, steps, findings, tables, fingerprint, List.of(), List.of());
    }

    /** Copies the lists. */
    public Plan {
        steps = List.copyOf(steps);
        findings = List.copyOf(findings);
        tables = List.copyOf(tables);
        fingerprint = List.copyOf(fingerprint);
        estimates = List.copyOf(estimates);
        disks = List.copyOf(disks);
    }

    /** The steps of a phase, in order. */
    public List<Step> steps(Phase phase) {
        return steps.stream().filter(step -> step.phase() == phase).toList();
    }

    /** What a step will take, if that was estimated. */
    public Optional<Estimate> estimate(Step step) {
        return estimates.stream()
                .filter(estimate -> estimate.step() == step.ordinal())
                .findFirst();
    }

    /** The steps of a phase in the order in which a rollback undoes them. */
    public List<Step> undoOrder(Phase phase) {
        List<Step> reversed = new ArrayList<>(steps(phase));
        Collections.reverse(reversed);
        return List.copyOf(reversed);
    }

    /** Everything that the plan makes, each once. */
    public List<Artifact> artifacts() {
        return steps.stream().flatMap(step -> step.makes().stream()).distinct().toList();
    }
}
