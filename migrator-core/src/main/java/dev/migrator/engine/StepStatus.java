package dev.migrator.engine;

/** Whether a step has been done. */
public enum StepStatus {
    /** Not begun, or undone. */
    PLANNED,
    /** Begun; what cannot run in one transaction may be half done. */
    RUNNING,
    /** Done, and recorded in the same transaction where that is possible. */
    DONE
}
