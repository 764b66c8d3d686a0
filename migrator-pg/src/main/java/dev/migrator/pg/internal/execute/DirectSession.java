package dev.migrator.pg.internal.execute;

import dev.migrator.engine.StepFailure;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.transact.Failures;
import dev.migrator.pg.internal.transact.ServerFacts;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session of its own without any timeout, for what can't run in a transaction: a timeout in the middle of {@code CREATE
 * INDEX CONCURRENTLY} leaves an invalid index behind.
 *
 * <p>A pooler in transaction mode gives each statement whichever backend is free: the settings would be lost for us and stay
 * with somebody else. It is recognised by its own cancel key, and by backends that change, and refused.
 */
final class DirectSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DirectSession.class);
    private static final String PID = "SELECT pg_catalog.pg_backend_pid() AS pid";

    private static final String BACKSLASHES = "standard_conforming_strings";

    private final Session session;
    private final boolean readBackslashesAsMeant;
    private final Map<String, String> timeouts;
    private final long pid;

    private DirectSession(Session session, Map<String, String> timeouts, long pid) {
        this.session = session;
        this.readBackslashesAsMeant = session.readsBackslashesAsMeant();
        this.timeouts = timeouts;
        this.pid = pid;
    }

    /**
     * Opens a session.
     *
     * @param direct connections that no pooler shares out by transactions
     * @param lockTimeout how long to wait for a lock; {@code 0}: as long as it takes
     * @throws StepFailure if the timeouts do not hold
     */
    static DirectSession open(DataSource direct, String lockTimeout) {
        Session session = Session.open(direct);
        Map<String, String> timeouts;
        long pid;
        try {
            timeouts = timeouts(session, lockTimeout);
            pid = pid(session);
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
        DirectSession result = new DirectSession(session, timeouts, pid);
        try {
            result.setTimeouts();
            result.refusePooler(direct);
            result.refuseLimits();
            return result;
        } catch (RuntimeException e) {
            result.close();
            throw e;
        }
    }

    private static Map<String, String> timeouts(Session session, String lockTimeout) {
        Map<String, String> timeouts = new LinkedHashMap<>();
        timeouts.put("statement_timeout", "0");
        timeouts.put("lock_timeout", lockTimeout);
        timeouts.put("idle_in_transaction_session_timeout", "0");
        if (ServerFacts.of(session).limitsTransactions()) {
            timeouts.put("transaction_timeout", "0");
        }
        return timeouts;
    }

    private static long pid(Session session) {
        return session.query(PID).get(0).number("pid");
    }

    private void setTimeouts() {
        if (!readBackslashesAsMeant) {
            session.query("SET " + BACKSLASHES + " = on");
        }
        timeouts.forEach((name, value) -> session.query("SET " + name + " = '" + value + "'"));
    }

    private void refusePooler(DataSource direct) {
        if (ownsItsBackend()) {
            return;
        }
        // Something stands between. Does it keep one backend for us even while others work?
        // Asked twice in a row, then around the work of another: a pooler may take turns, or give out the one just
        // used.
        Set<Long> ours = new TreeSet<>(List.of(pid, pid(session), pid(session)));
        try (Session other = Session.open(direct)) {
            try {
                other.plain("BEGIN");
                ours.add(pid(session));
                if (ours.contains(pid(other))) {
                    throw refusal("two sessions share the backend with pid " + pid);
                }
                ours.add(pid(session));
            } finally {
                other.plain("ROLLBACK");
            }
        } catch (SQLException e) {
            throw refusal("it could not be found out whether a pooler stands between: " + e.getMessage());
        }
        ours.add(pid(session));
        if (ours.size() > 1) {
            throw refusal("the backend changes from statement to statement, its pids were " + ours);
        }
    }

    /** Whether the cancel key that the driver was given is the backend's own; a pooler hands out one of its own making. */
    private boolean ownsItsBackend() {
        try {
            return session.connection().unwrap(PGConnection.class).getBackendPID() == pid;
        } catch (SQLException e) {
            LOG.debug("The connection does not tell its backend's pid", e);
            return false;
        }
    }

    private void refuseLimits() {
        for (Map.Entry<String, String> timeout : timeouts.entrySet()) {
            Row row = session.query(
                            "SELECT s.setting, ? ::pg_catalog.text AS wanted FROM pg_catalog.pg_settings AS s"
                                    + " WHERE s.name = ?",
                            timeout.getValue(),
                            timeout.getKey())
                    .get(0);
            if (!row.text("setting").equals(row.text("wanted"))) {
                throw refusal(timeout.getKey() + " is " + row.text("setting") + " ms although it was set to "
                        + row.text("wanted"));
            }
        }
    }

    private static StepFailure refusal(String evidence) {
        return Failures.permanent(
                "",
                "this needs a session that no pooler shares out and no timeout cuts short, but " + evidence
                        + ". Nothing was done. Give the address of the server itself with --direct-url, then run migrate"
                        + " again.");
    }

    Session session() {
        return session;
    }

    /** The process at the server. */
    long pid() {
        return pid;
    }

    private void reset(String timeout) {
        try {
            try {
                session.plain("RESET " + timeout);
            } catch (SQLException e) {
                // A cancel that came too late for the statement that it was meant for hits the next one.
                session.plain("RESET " + timeout);
            }
        } catch (SQLException e) {
            LOG.debug("{} could not be reset", timeout, e);
        }
    }

    @Override
    public void close() {
        if (!readBackslashesAsMeant) {
            reset(BACKSLASHES);
        }
        timeouts.keySet().forEach(this::reset);
        session.close();
    }
}
