package dev.migrator.bench;

import java.sql.SQLException;

/** The requests of one connection of an application. Used by one thread. */
interface Requests extends AutoCloseable {

    /** Answers a request, a transaction of its own; the number says which one. */
    void answer(long number) throws SQLException;

    @Override
    void close() throws SQLException;

    /** Opens one for each connection. */
    interface Factory {
        Requests open() throws SQLException;
    }
}
