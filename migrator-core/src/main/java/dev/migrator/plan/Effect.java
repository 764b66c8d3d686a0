package dev.migrator.plan;

/** What a step means for the releases that are live while it runs; the {@link PlanRule rules} are about these. */
public enum Effect {
    /** Adds something that no release has to know. */
    ADDS,
    /** Fills or proves data without changing what any release sees. */
    FILLS,
    /** From here on fewer writes are accepted than before. */
    NARROWS,
    /** Takes away something that the old release needs. */
    RETIRES,
    /** Destroys data or definitions: there is no way back. */
    DESTROYS
}
