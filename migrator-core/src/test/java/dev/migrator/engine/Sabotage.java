package dev.migrator.engine;

/** What can be broken on purpose, to see that the simulation notices. */
enum Sabotage {
    /** Nothing is broken. */
    NONE,
    /** No token is ever checked. */
    NO_FENCE,
    /** A token is checked, but not locked until the commit: {@code SELECT token} without {@code FOR SHARE}. */
    CHECK_WITHOUT_LOCK,
    /** A step is recorded in a transaction of its own, after the one that did it. */
    RECORD_APART,
    /** After a lost answer the token stays as it was. */
    SETTLE_DOES_NOTHING,
    /** Approvals are there before anybody has given them. */
    GATES_STAND_OPEN,
    /** A rollback leaves the approvals that were given before it. */
    APPROVALS_LAST_FOREVER
}
