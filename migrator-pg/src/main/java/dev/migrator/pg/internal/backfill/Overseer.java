package dev.migrator.pg.internal.backfill;

import dev.migrator.pg.internal.sql.Session;

/** Who may stop a worker, and is told of its batches; by default, nobody. */
interface Overseer {

    /** Throws {@link StoppedException} if the worker is to stop; asked between batches, and wherever it waits. */
    default void checkpoint() {}

    /**
     * A batch is about to begin.
     *
     * @param session the worker's session, outside of any transaction
     */
    default void beforeBatch(Session session) {}

    /** Whether the worker is to give its range back after this batch, since there is something else for it to do. */
    default boolean isWaitedFor() {
        return false;
    }

    /** Rows were filled. */
    default void filled(long rows) {}
}
