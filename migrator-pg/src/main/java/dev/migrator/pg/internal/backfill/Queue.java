package dev.migrator.pg.internal.backfill;

import dev.migrator.QualifiedName;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.sql.SqlErrors;
import dev.migrator.pg.internal.transact.Failures;
import dev.migrator.pg.internal.transact.Message;
import dev.migrator.pg.internal.transact.ServerFacts;
import dev.migrator.pg.internal.transact.Task;
import dev.migrator.plan.Action;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * Computes the rows of a queue, a batch at a time: takes entries, reads their rows, has them computed while nothing is locked,
 * writes the values, and lets the entries go in the same transaction.
 *
 * <p>No engine's token is needed for that, so it may go on while a migration waits at a gate: what makes a late write harmless
 * is that its entry must still be its owner's, and the row's marker the one that was read.
 */
final class Queue {
    private static final Duration LEASE = Duration.ofSeconds(10);
    private static final Duration RENEW = Duration.ofSeconds(3);
    private static final Duration REST = Duration.ofMillis(200);
    private static final Duration LOCK_WAIT = Duration.ofMillis(100);

    private final Task task;
    private final QualifiedName table;
    private final ComputedSql computed;
    private final Action.Computation computation;
    private final TransformCalls calls;
    private final FailedRows failed;
    private final UnaryOperator<Message> limits;
    private final String owner = UUID.randomUUID().toString();
    private final int batchSize;
    private Duration target;
    private Optional<Duration> limit = Optional.empty();
    private int rowsPerWrite = 16;

    /**
     * A worker at a queue.
     *
     * @param target for how long a transaction should hold its rows, unless {@link #aimAt} says otherwise
     * @param limits what each of its transactions that write rows begins with, beside its own
     */
    Queue(
            Task task,
            QualifiedName table,
            Action.Computation computation,
            TransformCalls calls,
            FailedRows failed,
            Duration target,
            UnaryOperator<Message> limits) {
        this.task = task;
        this.table = table;
        this.computation = computation;
        this.computed = new ComputedSql(table, computation);
        this.calls = calls;
        this.failed = failed;
        this.target = target;
        this.limits = limits;
        this.batchSize = calls.batchSize();
    }

    /** What a batch came to: how many entries it took, how many of them were settled already, and how many rows it filled. */
    record Batch(int taken, int settled, int filled) {
        static final Batch NONE = new Batch(0, 0, 0);

        /** Whether the queue is shorter for it. */
        boolean hasMoved() {
            return settled + filled > 0;
        }
    }

    /** Steers for how long a transaction holds its rows. */
    void aimAt(Duration batchTarget) {
        target = batchTarget;
    }

    /**
     * Computes one batch.
     *
     * @param alive called at least five times a second while the application computes; what it throws ends the batch
     */
    Batch drain(Session session, Runnable alive) {
        return drain(session, computed.claim(owner, batchSize, LEASE), alive);
    }

    /** The same of one row that has failed before, if there is one whose turn it is. */
    Batch drainFailed(Session session, Runnable alive) {
        return drain(session, List.of(computed.claimFailed(owner, LEASE)), alive);
    }

    private Batch drain(Session session, List<String> claim, Runnable alive) {
        if (limit.isEmpty()) {
            limit = Optional.of(ServerFacts.of(session).batchLimit());
        }
        try {
            return tryDrain(session, claim, alive);
        } catch (SQLException e) {
            if (Failures.isWorthAnotherTry(e)) {
                return Batch.NONE;
            }
            throw Failures.of(task, e);
        }
    }

    private Batch tryDrain(Session session, List<String> claim, Runnable alive) throws SQLException {
        List<Row> rows = ComputedSql.readable(reading())
                .then(claim)
                .then(computed.readQueued(owner))
                .send(session);
        if (rows.isEmpty()) {
            return Batch.NONE;
        }
        List<Long> over = new ArrayList<>();
        List<String> settled = new ArrayList<>();
        Map<String, InputRow> pending = new LinkedHashMap<>();
        Set<Long> again = new HashSet<>();
        for (Row row : rows) {
            long entry = row.number("entry");
            Optional<String> place = row.optionalText("place");
            if (place.isEmpty() || (row.number("mark") & 1) == 1) {
                over.add(entry);
                settled.add(row.text("row_key"));
            } else if (pending.containsKey(place.get())) {
                again.add(entry);
            } else {
                pending.put(place.get(), InputRow.of(row, computation.inputs(), "", entry));
            }
        }
        if (!over.isEmpty()) {
            reading()
                    .then(computed.forget(over, owner))
                    .then(failed.forgetKeys(settled))
                    .send(session);
        }
        int filled = compute(session, List.copyOf(pending.values()), again, alive);
        return new Batch(rows.size(), over.size(), filled);
    }

    private int compute(Session session, List<InputRow> rows, Set<Long> again, Runnable alive) throws SQLException {
        Set<Long> left = new HashSet<>(again);
        rows.forEach(row -> left.add(row.entry()));
        Set<Long> written = new HashSet<>();
        try {
            Runnable renewing = renewing(session, alive);
            TransformCalls.Computed result = calls.compute(rows, renewing);
            Map<InputRow, TransformFailure> failures = new HashMap<>(result.failures());
            writeInParts(session, renewing, result.values(), failures, written);
            left.removeAll(written);
            for (Map.Entry<InputRow, TransformFailure> failure : failures.entrySet()) {
                fail(session, failure.getKey(), failure.getValue());
                left.remove(failure.getKey().entry());
            }
        } catch (SQLException | RuntimeException e) {
            left.removeAll(written);
            giveBackAfter(e, session, left);
            if (e instanceof SQLException refused && Failures.isWorthAnotherTry(refused)) {
                // What is written stays written; the others have their turn again.
                return written.size();
            }
            throw e;
        }
        giveBack(session, left);
        return written.size();
    }

    private void giveBackAfter(Exception e, Session session, Set<Long> left) {
        try {
            giveBack(session, left);
        } catch (SQLException alsoFailed) {
            // Their lease runs out.
            e.addSuppressed(alsoFailed);
        }
    }

    private Runnable renewing(Session session, Runnable alive) {
        long[] last = {System.nanoTime()};
        return () -> {
            alive.run();
            if (System.nanoTime() - last[0] >= RENEW.toNanos()) {
                last[0] = System.nanoTime();
                try {
                    reading().then(computed.renew(owner, LEASE)).send(session);
                } catch (SQLException e) {
                    // Another one may take the entries then; the values of one of them will count.
                    if (!Failures.isWorthAnotherTry(e)) {
                        throw Failures.of(task, e);
                    }
                }
            }
        };
    }

    /** In transactions that hold their rows for about the target time. */
    private void writeInParts(
            Session session,
            Runnable renewing,
            Map<InputRow, Optional<String>> values,
            Map<InputRow, TransformFailure> failures,
            Set<Long> written)
            throws SQLException {
        Map<InputRow, Optional<String>> part = new LinkedHashMap<>();
        Iterator<Map.Entry<InputRow, Optional<String>>> rest = values.entrySet().iterator();
        while (rest.hasNext()) {
            Map.Entry<InputRow, Optional<String>> next = rest.next();
            part.put(next.getKey(), next.getValue());
            if (part.size() >= rowsPerWrite || !rest.hasNext()) {
                long begun = System.nanoTime();
                write(session, renewing, part, failures, written);
                boolean quick = System.nanoTime() - begun < target.toNanos();
                rowsPerWrite = quick ? Math.min(4096, rowsPerWrite * 2) : Math.max(1, part.size() / 2);
                part.clear();
            }
        }
    }

    /** Writes as much as the server takes; what it refuses of a row alone is added to the failures. */
    private void write(
            Session session,
            Runnable renewing,
            Map<InputRow, Optional<String>> values,
            Map<InputRow, TransformFailure> failures,
            Set<Long> written)
            throws SQLException {
        if (values.isEmpty()) {
            return;
        }
        // Where rows take long to be written, or parts are halved, a batch may take longer than its entries are ours.
        renewing.run();
        try {
            writing()
                    .then(failed.forget(values.keySet()))
                    .then(computed.writeQueued(values, owner))
                    .send(session)
                    .forEach(row -> written.add(row.number("entry")));
        } catch (SQLException e) {
            boolean tooLong = SqlErrors.state(e).equals(SqlErrors.QUERY_CANCELED);
            if (!tooLong && !SqlErrors.isAboutData(e)) {
                throw e;
            }
            if (values.size() > 1) {
                for (Map<InputRow, Optional<String>> half : halves(values)) {
                    write(session, renewing, half, failures, written);
                }
            } else {
                failures.put(values.keySet().iterator().next(), failed.failure(e));
            }
        }
    }

    static <K, V> List<Map<K, V>> halves(Map<K, V> values) {
        Map<K, V> first = new LinkedHashMap<>();
        Map<K, V> second = new LinkedHashMap<>();
        values.forEach((key, value) -> (first.size() < values.size() / 2 ? first : second).put(key, value));
        return List.of(first, second);
    }

    private void fail(Session session, InputRow row, TransformFailure failure) throws SQLException {
        reading()
                .then(computed.fail(row, owner, failure.message()))
                .then(failed.record(row, failure))
                .send(session);
    }

    private void giveBack(Session session, Set<Long> entries) throws SQLException {
        if (entries.isEmpty()) {
            return;
        }
        try {
            reading().then(computed.giveBack(List.copyOf(entries), owner, REST)).send(session);
        } catch (SQLException e) {
            // Their lease runs out.
            if (!Failures.isWorthAnotherTry(e)) {
                throw e;
            }
        }
    }

    /** The table comes before its queue, as in the transaction that drops both. */
    private Message reading() {
        return Message.limitedTo(Duration.ofSeconds(5))
                .set("lock_timeout", "500ms")
                .set("row_security", "off")
                .then("LOCK TABLE ONLY " + table.quoted() + " IN ACCESS SHARE MODE");
    }

    private Message writing() {
        Duration most = limit.orElse(LOCK_WAIT);
        return limits.apply(Message.limitedTo(most)
                        .set("lock_timeout", most.compareTo(LOCK_WAIT) < 0 ? most : LOCK_WAIT)
                        .set("row_security", "off"))
                .then("LOCK TABLE ONLY " + table.quoted() + " IN ROW EXCLUSIVE MODE");
    }
}
