package dev.migrator;

import dev.migrator.engine.GateAnswer;

/**
 * A gate that the application asks itself: a feature flag, a change calendar, a dashboard.
 *
 * <p>It is asked on a thread of its own each time an engine stands before the phase. One that throws, answers null or does not
 * answer within five seconds is a reason to wait, never a pass.
 */
@FunctionalInterface
public interface CustomGate {

    /**
     * Says whether a phase may begin.
     *
     * @param migration the migration's id
     * @param phase the phase; of a rollback, the one that would be undone
     * @return the answer
     * @throws Exception if it can't tell
     */
    GateAnswer ask(String migration, Phase phase) throws Exception;
}
