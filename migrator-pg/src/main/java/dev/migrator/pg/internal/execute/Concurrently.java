package dev.migrator.pg.internal.execute;

import dev.migrator.engine.Pace;
import dev.migrator.engine.PausedException;
import dev.migrator.engine.Progress;
import dev.migrator.engine.StepFailure;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.transact.Task;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one {@code … CONCURRENTLY} statement, for as long as it takes, unless somebody asks for a pause. */
final class Concurrently {
    private static final Logger LOG = LoggerFactory.getLogger(Concurrently.class);

    private final DataSource source;
    private final DataSource direct;
    private final Pace pace;

    Concurrently(DataSource source, DataSource direct, Pace pace) {
        this.source = source;
        this.direct = direct;
        this.pace = pace;
    }

    /**
     * Runs the statement.
     *
     * @param wait what the server waits for before it goes on with it
     * @throws PausedException if it was cancelled for a pause; it may be half done
     * @throws SQLException if it failed; it may be half done
     */
    void run(Task task, HoldUps.Wait wait, String statement) throws SQLException {
        try (DirectSession session = DirectSession.open(direct, "0")) {
            HoldUps holdUps = new HoldUps(task, session.pid(), wait);
            Watchdog watchdog = new Watchdog(session.session(), task, pace, () -> report(task, session.pid(), holdUps));
            try (watchdog) {
                session.session().plain(statement);
            } catch (SQLException e) {
                watchdog.pause().ifPresent(pause -> {
                    throw pause;
                });
                throw e;
            }
        }
    }

    /** Drops an index if it exists; it stays, on record and harmless, if that fails. */
    void tryDrop(Task task, String index) {
        try (DirectSession session = DirectSession.open(direct, "0")) {
            session.session().plain("DROP INDEX CONCURRENTLY IF EXISTS " + index);
        } catch (SQLException | StepFailure e) {
            LOG.warn(
                    "Migration {}, step {}: {} could not be dropped, the next attempt at the step drops it: {}",
                    task.lease().migration(),
                    task.ordinal(),
                    index,
                    e.getMessage());
        }
    }

    private void report(Task task, long pid, HoldUps holdUps) {
        try (Session session = Session.open(source)) {
            progress(session, task, pid);
            holdUps.look(session);
        }
    }

    private static void progress(Session session, Task task, long pid) {
        session.query(
                        """
                        SELECT p.phase, p.blocks_done, p.blocks_total, p.tuples_done, p.lockers_total, p.lockers_done
                        FROM pg_catalog.pg_stat_progress_create_index AS p WHERE p.pid = ?
                        """,
                        pid)
                .forEach(row -> {
                    LOG.debug("Migration {}, step {}: {}", task.lease().migration(), task.ordinal(), row);
                    task.control()
                            .progress(new Progress(
                                    task.step().title(),
                                    row.number("blocks_done"),
                                    row.number("blocks_total"),
                                    row.number("tuples_done")));
                });
    }
}
