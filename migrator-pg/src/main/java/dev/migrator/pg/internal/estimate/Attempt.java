package dev.migrator.pg.internal.estimate;

import dev.migrator.engine.StepFailure;
import dev.migrator.pg.internal.sql.Session;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A look that may fail or take too long, inside a transaction that goes on in any case, and of which nothing is left. */
final class Attempt {
    private static final Logger LOG = LoggerFactory.getLogger(Attempt.class);
    private static final int MILLIS = 300;

    private Attempt() {}

    /** What was seen; empty if the server refused it or it took too long. */
    static <T> Optional<T> at(Session session, Supplier<T> look) {
        session.query("SAVEPOINT migrator_look");
        try {
            session.query("SET LOCAL statement_timeout = " + MILLIS);
            return Optional.of(look.get());
        } catch (StepFailure e) {
            LOG.debug("Not to be told", e);
            return Optional.empty();
        } finally {
            session.query("ROLLBACK TO SAVEPOINT migrator_look");
            session.query("RELEASE SAVEPOINT migrator_look");
        }
    }
}
