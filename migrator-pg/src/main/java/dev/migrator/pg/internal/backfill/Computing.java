package dev.migrator.pg.internal.backfill;

import dev.migrator.QualifiedName;
import dev.migrator.engine.Pace;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.state.StateSql;
import dev.migrator.pg.internal.transact.ExecutorSettings;
import dev.migrator.pg.internal.transact.Failures;
import dev.migrator.pg.internal.transact.Message;
import dev.migrator.pg.internal.transact.Task;
import dev.migrator.plan.Action;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** What a task knows of a column that the application computes: its function, if this process has it, and its queue. */
final class Computing {
    private final Task task;
    private final QualifiedName table;
    private final Action.Computation computation;
    private final FailedRows failed;
    private final StateSql sql;
    private final Optional<TransformCalls> calls;
    private final Optional<Queue> queue;

    Computing(
            Task task,
            QualifiedName table,
            Action.Computation computation,
            FailedRows failed,
            StateSql sql,
            ExecutorSettings settings,
            Pace pace) {
        this.task = task;
        this.table = table;
        this.computation = computation;
        this.failed = failed;
        this.sql = sql;
        this.calls = settings.transforms()
                .find(computation.transform())
                .map(known -> new TransformCalls(computation, known, settings.showValues(), pace));
        // Ours are ENABLE ALWAYS, so they fire in any case.
        UnaryOperator<Message> limits =
                message -> task.skipsUserTriggers() ? message.set("session_replication_role", "replica") : message;
        this.queue =
                calls.map(known -> new Queue(task, table, computation, known, failed, settings.batchTarget(), limits));
    }

    /** The application's function; empty if this process does not have it. */
    Optional<TransformCalls> calls() {
        return calls;
    }

    /** Its queue; empty if this process does not have the function. */
    Optional<Queue> queue() {
        return queue;
    }

    QueueLag lag(Session session) {
        return QueueLag.of(session, computation.queue());
    }

    /** The entries that have failed. */
    List<Long> failing(Session session) {
        return session
                .query("SELECT entry FROM " + computation.queue().quoted()
                        + " WHERE failure IS NOT NULL ORDER BY entry")
                .stream()
                .map(row -> row.number("entry"))
                .toList();
    }

    /** What has become of entries that are to be tried again: how many are still there, and how many of these untried. */
    Retried retried(Session session, List<Long> entries) {
        Row row = session.query(
                        "SELECT pg_catalog.count(*) AS there, pg_catalog.count(*) FILTER (WHERE attempts = 0) AS untried FROM "
                                + computation.queue().quoted() + " WHERE entry = ANY (CAST(? AS pg_catalog.int8[]))",
                        entries.stream().map(String::valueOf).collect(Collectors.joining(",", "{", "}")))
                .get(0);
        return new Retried(row.number("there"), row.number("untried"));
    }

    /** Entries that are tried again. */
    record Retried(long there, long untried) {}

    /** What people are told while nobody here can compute. */
    String missing() {
        return "waits for a process that has the transform " + computation.transform()
                + " (PostgresMigrator.builder(…).transform(…) and helpWithBackfills)";
    }

    /** Whether a queued row is pending. */
    boolean isPending(Session session) {
        return session.query(new ComputedSql(table, computation).isPending())
                .get(0)
                .isTrue("pending");
    }

    String ensureNonePending() {
        return new ComputedSql(table, computation).ensureNonePending();
    }

    /** Has all rows tried again at once that failed before. */
    void retryFailed(Session session, ExecutorSettings settings) {
        try {
            Message.limitedTo(settings.statementLimit())
                    .then(sql.fence(task.lease()))
                    .then(failed.forgetAll())
                    .then(new ComputedSql(table, computation).retryAll())
                    .send(session);
        } catch (SQLException e) {
            throw Failures.of(task, e);
        }
    }
}
