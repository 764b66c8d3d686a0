package dev.migrator.pg.internal.execute;

import dev.migrator.pg.internal.sql.Session;

/** Who is asked before each batch of a worker, while it holds nothing, and told after it. */
interface Overseer {

    /**
     * Returns when the next batch may run; throws if the worker is to stop.
     *
     * @param session the worker's session, outside of any transaction
     */
    void beforeBatch(Session session);

    /** Rows were filled. */
    void filled(long rows);
}
