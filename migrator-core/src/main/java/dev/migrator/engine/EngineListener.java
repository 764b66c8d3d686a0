package dev.migrator.engine;

import dev.migrator.plan.Step;

/** Told what an engine does. A listener that throws is logged and otherwise ignored. */
public interface EngineListener {

    /** Told nothing. */
    EngineListener NONE = new EngineListener() {};

    /** The migration's position changed. */
    default void moved(String migration, Position position, String detail) {}

    /** A step begins, forward or back. */
    default void stepBegins(String migration, Step step, boolean forward) {}

    /** A step has been done, or undone. */
    default void stepDone(String migration, Step step, boolean forward) {}

    /** A long step has come this far. */
    default void progress(String migration, Progress progress) {}

    /**
     * A step waits for others to let go of what it needs; told once for each change of who they are.
     *
     * @param reason what it waits for, and who is in the way, for people
     */
    default void waits(String migration, String reason) {}

    /**
     * A long step holds back for the sake of others; told when that has changed, at most about once a second.
     *
     * @param pace how fast it goes, and why, for people; empty: as fast as it can
     */
    default void paced(String migration, String pace) {}

    /** Something is tried again. */
    default void retries(String migration, String reason) {}
}
