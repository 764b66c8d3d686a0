package dev.migrator.pg.internal.transact;

import dev.migrator.engine.LeaseLostException;
import dev.migrator.engine.Pace;
import dev.migrator.engine.StepFailure;
import dev.migrator.pg.internal.sql.Literal;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.sql.SqlErrors;
import dev.migrator.pg.internal.state.StateSql;
import dev.migrator.plan.TableLock;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs short statements in one transaction under the lock protocol: each try is one {@link LockedMessage message}, when and
 * for how long is the {@link Ladder}'s decision. Between tries no connection is held.
 */
public final class TransactionRunner {
    private static final Logger LOG = LoggerFactory.getLogger(TransactionRunner.class);

    private final DataSource source;
    private final StateSql sql;
    private final ExecutorSettings settings;
    private final Pace pace;

    public TransactionRunner(DataSource source, StateSql sql, ExecutorSettings settings, Pace pace) {
        this.source = source;
        this.sql = sql;
        this.settings = settings;
        this.pace = pace;
    }

    /** Runs a step's statements together with its record; does nothing if it is recorded already. */
    public void run(Task task, List<TableLock> locks, List<String> statements) {
        List<String> all = new ArrayList<>(statements);
        if (!task.doneWhen().isEmpty()) {
            all.add(sql.ensure(task.doneWhen(), task.step().title()));
        }
        List<String> records = new ArrayList<>(task.guarded(sql));
        records.add(task.recorded(sql));
        exchange(task, locks, records, all, Optional.of(settings.lockDeadline()));
    }

    /** Records a step that has nothing else left to do; does nothing if it is recorded already. */
    public void record(Task task) {
        exchange(task, List.of(), List.of(task.recorded(sql)), List.of(), Optional.of(settings.lockDeadline()));
    }

    /**
     * Runs statements in one fenced transaction.
     *
     * @param locks the locks to take first
     * @param records statements on the state tables, which come before the locks
     * @param statements the statements
     * @param deadline when to give up; empty only for locks that stop nobody
     * @return the rows of the last statement that had any; empty if the step is recorded already
     */
    public Optional<List<Row>> exchange(
            Task task,
            List<TableLock> locks,
            List<String> records,
            List<String> statements,
            Optional<Duration> deadline) {
        Ladder ladder = new Ladder(settings, locks, deadline);
        WaitNews news = new WaitNews(task);
        LockedMessage message = new LockedMessage(sql, settings, task, locks, records, statements);
        while (true) {
            long begun = System.nanoTime();
            Try outcome = Session.with(source, session -> attempt(session, message, task, ladder, news, locks));
            ladder.spend(Duration.ofNanos(System.nanoTime() - begun));
            if (outcome.over()) {
                return outcome.rows();
            }
            ladder.checkDeadline();
            pace.pause(outcome.pause());
            ladder.spend(outcome.pause());
            task.control().checkpoint();
        }
    }

    /** What became of a try: over, with rows or without, or a pause before the next one. */
    private record Try(boolean over, Optional<List<Row>> rows, Duration pause) {
        static Try again(Duration pause) {
            return new Try(false, Optional.empty(), pause);
        }
    }

    private Try attempt(
            Session session, LockedMessage message, Task task, Ladder ladder, WaitNews news, List<TableLock> locks) {
        ServerFacts facts = ServerFacts.of(session);
        List<Blocker> blockers = Blockers.find(session, locks);
        ladder.sees(blockers);
        news.tell(ladder.wanted(), ladder.lasting(blockers));
        List<Blocker> hopeless = ladder.hopeless(blockers);
        if (!hopeless.isEmpty()) {
            noteWaiting(session, task, ladder);
            return Try.again(ladder.pauseAfterLook());
        }
        long begun = System.nanoTime();
        try {
            List<Row> rows = message.build(facts, ladder).send(session);
            return new Try(true, Optional.of(rows), Duration.ZERO);
        } catch (SQLException e) {
            if (Failures.isAlreadyDone(e)) {
                return new Try(true, Optional.empty(), Duration.ZERO);
            } else if (!Failures.isWorthAnotherTry(e)) {
                throw Failures.of(task, e);
            }
            LOG.debug("Migration {}, step {}: a try failed", task.lease().migration(), task.ordinal(), e);
            return Try.again(ladder.pauseAfter(e, Duration.ofNanos(System.nanoTime() - begun)));
        }
    }

    /** Lets the step's record say who is in the way, for those who watch; the step does not depend on it. */
    private void noteWaiting(Session session, Task task, Ladder ladder) {
        String blockedBy = ladder.blockedBy();
        LOG.debug("Migration {}, step {} waits for: {}", task.lease().migration(), task.ordinal(), blockedBy);
        try {
            Message.limitedTo(Duration.ofSeconds(2))
                    .then(sql.fence(task.lease()))
                    .then(waited(sql, task, ladder))
                    .send(session);
        } catch (SQLException e) {
            if (SqlErrors.state(e).equals(SqlErrors.LEASE_LOST)) {
                throw new LeaseLostException(task.lease());
            }
            LOG.debug("Who is in the way could not be recorded", e);
        }
    }

    /** The statement that records how long the step has waited, and for whom. */
    public static String waited(StateSql sql, Task task, Ladder ladder) {
        return """
                UPDATE %s SET lock_wait = %s * interval '1 ms', blocked_by = NULLIF(%s, '')
                WHERE %s"""
                .formatted(
                        sql.table("step").quoted(),
                        Literal.number(ladder.spent().toMillis()),
                        Literal.text(ladder.blockedBy()),
                        task.isMine(sql));
    }

    /** As {@link #exchange}, for what the record must not depend on: failures are logged. */
    public void tryExchange(Task task, List<String> statements) {
        try {
            exchange(task, List.of(), List.of(), statements, Optional.of(Duration.ofSeconds(5)));
        } catch (StepFailure | LeaseLostException e) {
            LOG.debug("Migration {}, step {}: not recorded", task.lease().migration(), task.ordinal(), e);
        }
    }
}
