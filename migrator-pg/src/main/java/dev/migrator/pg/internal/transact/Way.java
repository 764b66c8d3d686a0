package dev.migrator.pg.internal.transact;

/** Which way a step is taken. */
public enum Way {
    /** Its action, from planned to done. */
    FORWARD,
    /** Its undo, from done or half done to planned. */
    BACK
}
