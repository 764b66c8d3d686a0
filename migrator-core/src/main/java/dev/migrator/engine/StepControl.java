package dev.migrator.engine;

/** How the engine speaks to a step that takes long. Asked between batches; must be quick. */
public interface StepControl {

    /**
     * Returns normally if the step may go on; throws {@link PausedException} if it is to stop here for now, also because the
     * thread was interrupted.
     */
    void checkpoint();

    /** Tells how far a step has come. */
    void progress(Progress progress);

    /**
     * Tells that the step waits for others; to be called when it has become somebody else for whom it waits.
     *
     * @param reason what it waits for, and who is in the way
     */
    default void waits(String reason) {}

    /**
     * Tells how fast the step goes when it holds back for the sake of others; to be called when that has changed.
     *
     * @param pace how fast, and why; empty: as fast as it can
     */
    default void paced(String pace) {}
}
