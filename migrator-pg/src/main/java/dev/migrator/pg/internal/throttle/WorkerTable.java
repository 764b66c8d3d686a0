package dev.migrator.pg.internal.throttle;

import dev.migrator.engine.Lease;
import dev.migrator.engine.LeaseLostException;
import dev.migrator.engine.StepFailure;
import dev.migrator.pg.internal.sql.Literal;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.sql.SqlErrors;
import dev.migrator.pg.internal.state.StateSql;
import dev.migrator.plan.Step;
import dev.migrator.throttle.ThrottleAnswer;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What people see of a backfill's workers, and its lines of history. Nothing depends on it: what fails is logged. */
final class WorkerTable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerTable.class);

    private final DataSource source;
    private final StateSql sql;
    private final Lease lease;
    private final Step step;
    private final String release;

    WorkerTable(DataSource source, StateSql sql, Lease lease, Step step, String release) {
        this.source = source;
        this.sql = sql;
        this.lease = lease;
        this.step = step;
        this.release = release;
    }

    /**
     * Writes what a worker does.
     *
     * @throws LeaseLostException if the migration is another engine's by now
     */
    boolean write(String worker, Decision decision, Duration batch, String note) {
        Optional<Instant> until =
                decision.answer() instanceof ThrottleAnswer.Stop stop ? stop.until() : Optional.empty();
        return send(
                """
                INSERT INTO %s AS w (target, migration, ordinal, worker, pace, factor, reason, until, batch, notes)
                VALUES (%s, %d, %s, %s, %s, %s, %s, %s, %s)
                ON CONFLICT (target, migration, ordinal, worker) DO UPDATE SET seen_at = pg_catalog.clock_timestamp(),
                    pace = excluded.pace, factor = excluded.factor, reason = excluded.reason, until = excluded.until,
                    batch = COALESCE(excluded.batch, w.batch), notes = excluded.notes"""
                        .formatted(
                                sql.table("backfill_worker").quoted(),
                                sql.key(lease),
                                step.ordinal(),
                                Literal.text(worker),
                                Literal.text(decision.pace()),
                                Double.toString(decision.factor()),
                                Literal.text(decision.reason().replace('\0', ' ')),
                                until.map(at -> Literal.text(at.toString()) + "::pg_catalog.timestamptz")
                                        .orElse("NULL"),
                                batch.isZero() ? "NULL" : batch.toNanos() / 1000 + " * interval '1 microsecond'",
                                Literal.texts(note.isEmpty() ? List.of() : List.of(note))));
    }

    /** Takes workers away that have ended. */
    void remove(List<String> workers) {
        try {
            send("DELETE FROM " + sql.table("backfill_worker").quoted() + " WHERE " + sql.isOf(lease.migration())
                    + " AND ordinal = " + step.ordinal() + " AND worker = ANY (" + Literal.texts(workers) + ")");
        } catch (LeaseLostException e) {
            LOG.debug("Rows of workers stay until they are forgotten", e);
        }
    }

    /** Appends a line of history. */
    boolean append(StopNews.Line line) {
        return send(sql.event(
                lease, release, step.phase(), line.event(), line.detail().replace('\0', ' ')));
    }

    private boolean send(String statement) {
        List<String> statements = new ArrayList<>(List.of(
                "SET TRANSACTION ISOLATION LEVEL READ COMMITTED READ WRITE",
                "SET LOCAL synchronous_commit = 'local'",
                "SET LOCAL lock_timeout = '1s'",
                "SET LOCAL statement_timeout = '2s'",
                "SET LOCAL idle_in_transaction_session_timeout = '5s'",
                sql.fence(lease),
                statement));
        try (Session session = Session.open(source)) {
            session.message(statements);
            return true;
        } catch (SQLException e) {
            if (SqlErrors.state(e).equals(SqlErrors.LEASE_LOST)) {
                throw new LeaseLostException(lease);
            }
            LOG.debug("What a worker does could not be recorded", e);
        } catch (StepFailure e) {
            LOG.debug("What a worker does could not be recorded", e);
        }
        return false;
    }
}
