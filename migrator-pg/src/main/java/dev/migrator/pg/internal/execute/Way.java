package dev.migrator.pg.internal.execute;

/** Which way a step is taken. */
enum Way {
    /** Its action, from planned to done. */
    FORWARD,
    /** Its undo, from done or half done to planned. */
    BACK
}
