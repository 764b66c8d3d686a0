package dev.migrator.engine;

import dev.migrator.plan.Step;

/**
 * A step as recorded.
 *
 * @param step the step, exactly as planned
 * @param status whether it has been done
 * @param attempts how often it was tried, forward or back
 */
public record StepState(Step step, StepStatus status, int attempts) {}
