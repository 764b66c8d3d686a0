package dev.migrator.pg.internal.transact;

import dev.migrator.pg.internal.state.StateSql;
import dev.migrator.plan.LockMode;
import dev.migrator.plan.TableLock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * The one message of a step that takes locks.
 *
 * <ol>
 *   <li>The token and the records: whoever waits for them waits under no lock of the application's.
 *   <li>{@code SHARE UPDATE EXCLUSIVE} on every table, or less where less is wanted. It stops no read and no write, so it may
 *       wait until a plain autovacuum gives way.
 *   <li>The locks that hurt, in the order given, each for its part of the time that others may be kept waiting.
 *   <li>The statements. What is left of the time for holding the locks shrinks from statement to statement.
 *   <li>The check that all is as planned, and COMMIT, which does not wait for a standby.
 * </ol>
 */
public final class LockedMessage {
    private static final LockMode GENTLE = LockMode.SHARE_UPDATE_EXCLUSIVE;
    private static final String NOW_MILLIS =
            "(EXTRACT(epoch FROM pg_catalog.clock_timestamp()) * 1000)::pg_catalog.int8";

    private final StateSql sql;
    private final ExecutorSettings settings;
    private final Task task;
    private final List<TableLock> locks;
    private final List<String> records;
    private final List<String> statements;

    public LockedMessage(
            StateSql sql,
            ExecutorSettings settings,
            Task task,
            List<TableLock> locks,
            List<String> records,
            List<String> statements) {
        this.sql = sql;
        this.settings = settings;
        this.task = task;
        this.locks = List.copyOf(locks);
        this.records = List.copyOf(records);
        this.statements = List.copyOf(statements);
    }

    /** The message of the next try. */
    public Message build(ServerFacts facts, Ladder ladder) {
        List<TableLock> hurting =
                locks.stream().filter(lock -> lock.mode().hurtsApplications()).toList();
        Duration gentle = facts.gentleWait();
        Message message =
                Message.limitedTo(settings.statementLimit().plus(gentle)).set("application_name", name());
        if (facts.limitsTransactions()) {
            // A backstop only, against a client that stalls in the middle of its message: it ends the session, so every
            // other limit comes first.
            Duration work = hurting.isEmpty()
                    ? settings.statementLimit().multipliedBy(statements.size() + 1L)
                    : settings.maxStall().multipliedBy(2L * hurting.size()).plus(settings.maxHold());
            message.set(
                    "transaction_timeout",
                    gentle.multipliedBy(locks.size()).plus(work).plusSeconds(10));
        }
        message.then(sql.fence(task.lease())).then(records);
        if (!records.isEmpty() && !locks.isEmpty()) {
            message.then(TransactionRunner.waited(sql, task, ladder));
        }
        takeGently(message, gentle);
        takeHurting(message, hurting, ladder.stall());
        doWork(message, !hurting.isEmpty());
        return message;
    }

    private String name() {
        String id = task.lease().migration();
        String name = "migrator " + id + " step " + task.ordinal();
        return name.getBytes(StandardCharsets.UTF_8).length > 63 ? "migrator step " + task.ordinal() : name;
    }

    private void takeGently(Message message, Duration gentle) {
        if (!locks.isEmpty()) {
            message.set("lock_timeout", gentle);
        }
        for (TableLock lock : locks) {
            LockMode mode = lock.mode().compareTo(GENTLE) < 0 ? lock.mode() : GENTLE;
            message.then(statement(lock, mode));
        }
    }

    private void takeHurting(Message message, List<TableLock> hurting, Duration stall) {
        long part = Math.max(1, stall.toMillis() / Math.max(1, hurting.size()));
        message.set("lock_timeout", Duration.ofMillis(part));
        if (!hurting.isEmpty()) {
            // Bounds the sum where a table has partitions, each of which waits for itself.
            message.set("statement_timeout", stall.multipliedBy(2));
            hurting.forEach(lock -> message.then(statement(lock, lock.mode())));
        }
    }

    private void doWork(Message message, boolean underHurtingLocks) {
        if (!underHurtingLocks) {
            message.set("statement_timeout", settings.statementLimit());
        } else {
            message.then(
                    "SELECT pg_catalog.set_config('migrator.locked_at', " + NOW_MILLIS + "::pg_catalog.text, true)");
        }
        for (String statement : statements) {
            if (underHurtingLocks) {
                message.then(remainingTime());
            }
            message.then(statement);
        }
    }

    /** Gives the next statement what is left of the time for holding locks: a limit for each alone would add up. */
    private String remainingTime() {
        return "SELECT pg_catalog.set_config('statement_timeout', GREATEST(1, "
                + settings.maxHold().toMillis() + " - (" + NOW_MILLIS
                + " - pg_catalog.current_setting('migrator.locked_at')::pg_catalog.int8))::pg_catalog.text, true)";
    }

    public static String statement(TableLock lock, LockMode mode) {
        return "LOCK TABLE " + lock.table().quoted() + " IN " + mode.sql() + " MODE";
    }
}
