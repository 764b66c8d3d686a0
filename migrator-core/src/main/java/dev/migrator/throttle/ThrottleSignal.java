package dev.migrator.throttle;

/**
 * A signal of one's own, e.g. the latency that an application's metrics show. Asked about once a second while a backfill runs,
 * on a thread of its own; the strictest of all signals counts.
 *
 * <p>One that throws, or has not answered after a second, stops the backfill until it answers: what is not known is never
 * taken for fine.
 */
@FunctionalInterface
public interface ThrottleSignal {

    /**
     * Asks how fast a backfill may go now.
     *
     * @return the answer
     * @throws Exception if it can't tell
     */
    ThrottleAnswer ask() throws Exception;

    /**
     * What it is called in messages.
     *
     * @return the name, for people
     */
    default String name() {
        return "a signal of the application";
    }
}
