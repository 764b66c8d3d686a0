package dev.migrator.engine;

import java.util.function.Supplier;

/** What happens on the way between an engine and the in-memory database. */
interface Weather {

    /** Every message arrives at once, and so does its answer. */
    Weather CALM = new Weather() {
        @Override
        public <T> T send(String what, Kind kind, Supplier<T> atServer) {
            return atServer.get();
        }

        @Override
        public void during(OpenTransaction transaction) {}
    };

    /** Sends a message to the database and waits for the answer. */
    <T> T send(String what, Kind kind, Supplier<T> atServer);

    /** A transaction holds its locks and is about to commit; whoever throws here leaves it open and has to end it. */
    void during(OpenTransaction transaction);

    /** What a message is, and so what may become of it. */
    enum Kind {
        /** Changes nothing. */
        QUESTION,
        /** Checks a token in the transaction that it runs in; may arrive long after anybody waits for it. */
        FENCED,
        /** Runs outside of any transaction and can't be fenced. */
        UNFENCED
    }
}
