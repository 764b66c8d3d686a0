package dev.migrator.pg.internal.execute;

import dev.migrator.engine.Pace;
import dev.migrator.engine.PausedException;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.transact.Task;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after one statement that may take hours and that nothing else bounds: cancels it when somebody asks for a pause, and
 * looks at its progress. Its look runs on another thread.
 */
final class Watchdog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final Session session;
    private final Task task;
    private final Runnable look;
    private final Pace.Handle handle;
    private boolean closed;
    private Optional<PausedException> pause = Optional.empty();

    /**
     * Begins to watch.
     *
     * @param session runs the statement
     * @param look what to look at from time to time; must be quick
     */
    Watchdog(Session session, Task task, Pace pace, Runnable look) {
        this.session = session;
        this.task = task;
        this.look = look;
        this.handle = pace.every(INTERVAL, this::watch);
    }

    private void watch() {
        try {
            task.control().checkpoint();
            look.run();
        } catch (PausedException e) {
            cancel(e);
        } catch (RuntimeException e) {
            // Whoever watches must never break what it watches.
            LOG.debug("A look at a long statement failed", e);
        }
    }

    private synchronized void cancel(PausedException reason) {
        if (closed || pause.isPresent()) {
            return;
        }
        pause = Optional.of(reason);
        try {
            session.connection().unwrap(PGConnection.class).cancelQuery();
        } catch (SQLException e) {
            LOG.debug("The statement could not be cancelled; the pause begins when it ends", e);
        }
    }

    /** The pause for which the statement was cancelled, if it was. */
    synchronized Optional<PausedException> pause() {
        return pause;
    }

    @Override
    public void close() {
        handle.close();
        synchronized (this) {
            closed = true;
        }
    }
}
