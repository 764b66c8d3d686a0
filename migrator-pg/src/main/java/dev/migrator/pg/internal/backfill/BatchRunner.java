package dev.migrator.pg.internal.backfill;

import dev.migrator.QualifiedName;
import dev.migrator.engine.Pace;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.sql.SqlErrors;
import dev.migrator.pg.internal.state.StateSql;
import dev.migrator.pg.internal.transact.Blocker;
import dev.migrator.pg.internal.transact.Blockers;
import dev.migrator.pg.internal.transact.ExecutorSettings;
import dev.migrator.pg.internal.transact.Failures;
import dev.migrator.pg.internal.transact.Message;
import dev.migrator.pg.internal.transact.ServerFacts;
import dev.migrator.pg.internal.transact.Task;
import dev.migrator.pg.internal.transact.WaitNews;
import dev.migrator.plan.LockMode;
import dev.migrator.plan.TableLock;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The transactions of a backfill: their limits, and what to do when others are in the way. Gives up when nothing has moved
 * for the whole deadline, with the names of those who may be the cause.
 */
final class BatchRunner {
    private static final Duration LOCK_WAIT = Duration.ofMillis(100);
    private static final Duration SHORT_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
    private static final Duration WORTH_TELLING = Duration.ofSeconds(1);
    private static final int MOST_NAMED = 5;

    private final Task task;
    private final String worker;
    private final ChunkTable chunks;
    private final QualifiedName table;
    private final StateSql sql;
    private final ExecutorSettings settings;
    private final Pace pace;
    private final WaitNews news;
    private Duration limit = Duration.ofMillis(500);
    private Duration stuck = Duration.ZERO;
    private int failures;

    BatchRunner(
            Task task,
            String worker,
            ChunkTable chunks,
            QualifiedName table,
            StateSql sql,
            ExecutorSettings settings,
            Pace pace) {
        this.task = task;
        this.worker = worker;
        this.chunks = chunks;
        this.table = table;
        this.sql = sql;
        this.settings = settings;
        this.pace = pace;
        this.news = new WaitNews(task);
    }

    /** Fits the limits to the server. */
    void learn(ServerFacts facts) {
        limit = facts.batchLimit();
    }

    /** A transaction that writes rows of a range: over, in any case, before it can be part of a deadlock. */
    Message batch(Leaf leaf, Chunk chunk) {
        return lock(begin().then(chunks.hold(chunk, worker)), leaf, chunk.filenode());
    }

    /** The same, for rows outside of a range that a worker has. */
    Message batch(Leaf leaf) {
        return lock(begin(), leaf, leaf.filenode());
    }

    private Message begin() {
        Duration wait = LOCK_WAIT.compareTo(limit) > 0 ? limit : LOCK_WAIT;
        return Message.limitedTo(limit)
                // Rows and record commit together: what a crash of the server takes back is pending again. So no lock
                // need be held until the log is on the disk.
                .set("synchronous_commit", "off")
                .set("lock_timeout", wait)
                .set("row_security", "off")
                .then(sql.fence(task.lease()));
    }

    private Message lock(Message message, Leaf leaf, long filenode) {
        message.then(leaf.lock("ROW EXCLUSIVE")).then(sql.sameFile(leaf.oid(), filenode));
        // Ours are ENABLE ALWAYS, so they fire in any case.
        return task.skipsUserTriggers() ? message.set("session_replication_role", "replica") : message;
    }

    /** A transaction that writes no row of the application's, so that it may take its time. */
    Message patient() {
        return Message.limitedTo(settings.statementLimit())
                .set("row_security", "off")
                .then(sql.fence(task.lease()));
    }

    /** The same, on a range that is the worker's. */
    Message patient(Leaf leaf, Chunk chunk) {
        return patient()
                .then(chunks.hold(chunk, worker))
                .then(leaf.lock("ACCESS SHARE"))
                .then(sql.sameFile(leaf.oid(), chunk.filenode()));
    }

    /** Sends a message again and again until it gets through. */
    List<Row> insist(Session session, Leaf leaf, Supplier<Message> message) {
        return insist(session, Optional.of(leaf), message);
    }

    /**
     * The same.
     *
     * @param leaf the table or partition that the message is about, if any
     */
    List<Row> insist(Session session, Optional<Leaf> leaf, Supplier<Message> message) {
        while (true) {
            task.control().checkpoint();
            try {
                return message.get().send(session);
            } catch (SQLException e) {
                if (!Failures.isWorthAnotherTry(e)) {
                    throw leaf.map(about -> failure(about, e)).orElseGet(() -> Failures.of(task, e));
                }
                backOff(session);
            }
        }
    }

    /** Throws if the step is to stop here. */
    void checkpoint() {
        task.control().checkpoint();
    }

    /** The exception for an error that no other try would mend. */
    RuntimeException failure(Leaf leaf, SQLException e) {
        return switch (SqlErrors.state(e)) {
            case SqlErrors.REWRITTEN -> new RewrittenException(leaf);
            case SqlErrors.CHUNK_LOST -> new ChunkLostException();
            case SqlErrors.UNDEFINED_TABLE -> new LeafGoneException(leaf, Failures.of(task, e));
            default -> Failures.of(task, e);
        };
    }

    /** Something has come forward. */
    void moved() {
        stuck = Duration.ZERO;
        failures = 0;
    }

    /** Waits a little, longer from failure to failure. */
    void backOff(Session session) {
        long most = Math.min(SHORT_PAUSE.toMillis() << Math.min(failures, 10), LONGEST_PAUSE.toMillis());
        failures++;
        pause(session, Duration.ofMillis(1 + ThreadLocalRandom.current().nextLong(most)));
    }

    /** Row locks show nowhere; who holds one holds one of these on its table as well. */
    private List<Blocker> others(Session session) {
        return Blockers.find(session, List.of(new TableLock(table, LockMode.EXCLUSIVE)));
    }

    /** Waits, unless it has waited for too long already. */
    void pause(Session session, Duration duration) {
        pause(session, duration, Optional.empty());
    }

    /**
     * The same.
     *
     * @param left what is left to do, if it is not that others have locked rows
     */
    void pause(Session session, Duration duration, Optional<String> left) {
        if (stuck.compareTo(WORTH_TELLING) >= 0) {
            news.tell(
                    "rows of " + table.quoted(),
                    others(session).stream()
                            .filter(other -> other.age()
                                    .filter(age -> age.compareTo(WORTH_TELLING) >= 0)
                                    .isPresent())
                            .toList());
        }
        if (stuck.compareTo(settings.lockDeadline()) >= 0) {
            List<Blocker> others = others(session);
            throw Failures.permanent(
                    SqlErrors.LOCK_NOT_AVAILABLE,
                    "backfill of " + table + ": "
                            + left.map(what -> what + ", and nothing has come forward for ")
                                    .orElse("the rows that are left have been locked by others for ")
                            + Failures.text(stuck) + ".\n"
                            + (others.isEmpty() ? "Nobody is at the table now." : "At the table are:")
                            + others.stream()
                                    .limit(MOST_NAMED)
                                    .map(other -> "\n  " + other.describe())
                                    .collect(Collectors.joining())
                            + "\nWhat is filled stays filled. Wait until they have ended or end them, then run migrate"
                            + " again: it goes on where it stopped.");
        }
        task.control().checkpoint();
        pace.pause(duration);
        stuck = stuck.plus(duration);
    }
}
