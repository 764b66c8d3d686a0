package dev.migrator.pg.internal.backfill;

import dev.migrator.engine.StepFailure;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.sql.SqlErrors;
import dev.migrator.pg.internal.throttle.Throttle;
import dev.migrator.pg.internal.throttle.ThrottledWorker;
import dev.migrator.pg.internal.transact.Failures;
import dev.migrator.pg.internal.transact.Task;
import dev.migrator.plan.Action;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Fills one range of a table with what the application computes: reads a batch of rows in a short transaction, has it computed
 * while nothing is locked, and writes the values in transactions of the target time, under the range's lease and the engine's
 * token. Between batches it does its part of the queue, so that neither waits for the other.
 *
 * <p>A row that a release writes meanwhile leaves the range: the sync trigger queues it. So does, by an update that changes
 * nothing, a row that can't be computed: the queue tries it again later and records why.
 */
final class ComputedFiller {
    private static final Duration RENEW = Duration.ofSeconds(1);
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final Task task;
    private final Action.Backfill backfill;
    private final Action.Computation computation;
    private final BatchRunner batches;
    private final ChunkTable chunks;
    private final Overseer overseer;
    private final Throttle throttle;
    private final ThrottledWorker pacing;
    private final String worker;
    private final TransformCalls calls;
    private final Queue queue;
    private final FailedRows failed;
    private Duration lastBatch = Duration.ZERO;
    private int rowsPerWrite = 16;

    ComputedFiller(
            Task task,
            Action.Backfill backfill,
            BatchRunner batches,
            ChunkTable chunks,
            Overseer overseer,
            Throttle throttle,
            ThrottledWorker pacing,
            String worker,
            TransformCalls calls,
            Queue queue,
            FailedRows failed) {
        this.task = task;
        this.backfill = backfill;
        this.computation = backfill.computation().orElseThrow();
        this.batches = batches;
        this.chunks = chunks;
        this.overseer = overseer;
        this.throttle = throttle;
        this.pacing = pacing;
        this.worker = worker;
        this.calls = calls;
        this.queue = queue;
        this.failed = failed;
    }

    /** A visit to a range. */
    private record Visit(Session session, Chunk chunk, Leaf leaf, ComputedSql sql) {}

    /** As {@link ChunkFiller#fill}. */
    boolean fill(Session session, Chunk chunk, Leaf leaf) {
        Visit visit = new Visit(session, chunk, leaf, new ComputedSql(leaf.name(), computation));
        long filled = 0;
        TidRange left = chunk.range();
        while (true) {
            drain(session, renewing(visit));
            if (overseer.isWaitedFor()) {
                throw new HeldBackException();
            }
            beforeBatch(session);
            List<InputRow> rows = read(visit, left);
            if (rows.isEmpty()) {
                break;
            }
            Runnable renewing = renewing(visit);
            TransformCalls.Computed computed = calls.compute(free(visit, rows), renewing);
            filled += write(visit, computed.values());
            for (InputRow row : computed.failures().keySet()) {
                renewing.run();
                handOver(visit, row);
            }
            filled += computed.failures().size();
            left = after(left, rows);
        }
        long remaining = close(visit);
        if (filled > 0 || remaining == 0) {
            batches.moved();
            return true;
        }
        return false;
    }

    /**
     * Computes a batch of what releases have written, or was handed over; whether there was anything.
     *
     * @throws StepFailure if more rows have failed by now than may be passed over
     */
    boolean drain(Session session) {
        return drain(session, () -> alive(session));
    }

    private boolean drain(Session session, Runnable alive) {
        beforeBatch(session);
        queue.aimAt(throttle.current().batchTarget());
        Queue.Batch batch = queue.drain(session, alive);
        if (batch.hasMoved()) {
            batches.moved();
        }
        failed.load(session);
        failed.checkBudget();
        return batch.taken() > 0;
    }

    private void beforeBatch(Session session) {
        batches.checkpoint();
        if (!pacing.mayBegin(task.control(), lastBatch)) {
            throw new HeldBackException();
        }
        overseer.beforeBatch(session);
    }

    private void alive(Session session) {
        batches.checkpoint();
        overseer.beforeBatch(session);
    }

    private List<InputRow> read(Visit visit, TidRange range) {
        List<Row> rows = batches.insist(
                visit.session(), visit.leaf(), () -> ComputedSql.readable(batches.patient(visit.leaf(), visit.chunk()))
                        .then(visit.sql().read(range, calls.batchSize())));
        return rows.stream()
                .map(row -> InputRow.of(row, computation.inputs(), row.text("version"), 0))
                .toList();
    }

    /** What others have locked, is not computed time and again: a range that is visited again has such rows. */
    private List<InputRow> free(Visit visit, List<InputRow> rows) {
        if (visit.chunk().visit() == 1) {
            return rows;
        }
        Set<String> free = batches
                .insist(visit.session(), visit.leaf(), () -> batches.batch(visit.leaf(), visit.chunk())
                        .then(visit.sql().free(rows)))
                .stream()
                .map(row -> row.text("place"))
                .collect(Collectors.toSet());
        return rows.stream().filter(row -> free.contains(row.place())).toList();
    }

    /** What is left of a range after the last of these rows; what is passed over is met when the range is closed. */
    private static TidRange after(TidRange range, List<InputRow> rows) {
        InputRow last = rows.get(rows.size() - 1);
        String place = last.place();
        int line = Integer.parseInt(place.substring(place.indexOf(',') + 1, place.length() - 1));
        return new TidRange(block(last), line + 1, range.toBlock(), range.toOffset());
    }

    private static long block(InputRow row) {
        return Long.parseLong(row.place().substring(1, row.place().indexOf(',')));
    }

    private Runnable renewing(Visit visit) {
        long[] last = {System.nanoTime()};
        return () -> {
            alive(visit.session());
            if (System.nanoTime() - last[0] >= RENEW.toNanos()) {
                last[0] = System.nanoTime();
                batches.insist(visit.session(), visit.leaf(), () -> batches.patient()
                        .then(chunks.hold(visit.chunk(), worker))
                        .then(chunks.renew(visit.chunk(), worker)));
            }
        };
    }

    private long write(Visit visit, Map<InputRow, Optional<String>> values) {
        long filled = 0;
        List<Map.Entry<InputRow, Optional<String>>> all = new ArrayList<>(values.entrySet());
        int at = 0;
        while (at < all.size()) {
            Map<InputRow, Optional<String>> part = new LinkedHashMap<>();
            int end = Math.min(all.size(), at + rowsPerWrite);
            all.subList(at, end).forEach(entry -> part.put(entry.getKey(), entry.getValue()));
            filled += writePart(visit, part);
            at = end;
        }
        return filled;
    }

    private long writePart(Visit visit, Map<InputRow, Optional<String>> values) {
        while (true) {
            beforeBatch(visit.session());
            long begun = System.nanoTime();
            try {
                long filled = send(visit, values);
                lastBatch = Duration.ofNanos(System.nanoTime() - begun);
                boolean quick = lastBatch.compareTo(throttle.current().batchTarget()) < 0;
                rowsPerWrite = quick ? Math.min(4096, values.size() * 2) : Math.max(1, values.size() / 2);
                batches.moved();
                overseer.filled(filled);
                return filled;
            } catch (SQLException e) {
                OptionalLong filled = writeAfterError(visit, values, e);
                if (filled.isPresent()) {
                    return filled.getAsLong();
                }
                // The values are computed already: better to wait for a moment than to have them computed again.
                batches.pause(visit.session(), PAUSE);
            }
        }
    }

    private long send(Visit visit, Map<InputRow, Optional<String>> values) throws SQLException {
        String update = visit.sql().write(values);
        long reached = values.keySet().stream()
                .mapToLong(ComputedFiller::block)
                .max()
                .orElse(visit.chunk().from());
        return batches.batch(visit.leaf(), visit.chunk())
                .then(chunks.counting(update, visit.chunk(), reached, false))
                .send(visit.session())
                .get(0)
                .number("filled");
    }

    /** Empty: it is worth another try. */
    private OptionalLong writeAfterError(Visit visit, Map<InputRow, Optional<String>> values, SQLException e) {
        boolean timeout = SqlErrors.state(e).equals(SqlErrors.QUERY_CANCELED);
        if (SqlErrors.isAboutData(e) || timeout) {
            if (values.size() == 1) {
                handOver(visit, values.keySet().iterator().next());
                return OptionalLong.of(1);
            }
            long filled = 0;
            for (Map<InputRow, Optional<String>> half : Queue.halves(values)) {
                filled += writePart(visit, half);
            }
            return OptionalLong.of(filled);
        } else if (!Failures.isWorthAnotherTry(e)) {
            throw batches.failure(visit.leaf(), e);
        }
        return OptionalLong.empty();
    }

    private void handOver(Visit visit, InputRow row) {
        try {
            batches.batch(visit.leaf(), visit.chunk())
                    .then(visit.sql().handOver(row))
                    .send(visit.session());
        } catch (SQLException e) {
            // If somebody has the row now, it is met again when the range is visited again.
            if (!Failures.isWorthAnotherTry(e)) {
                throw batches.failure(visit.leaf(), e);
            }
        }
    }

    private long close(Visit visit) {
        String count =
                new FillSql(backfill, visit.leaf().name()).count(visit.chunk().range(), List.of());
        return batches
                .insist(visit.session(), visit.leaf(), () -> batches.patient(visit.leaf(), visit.chunk())
                        .then(chunks.close(visit.chunk(), count)))
                .stream()
                .mapToLong(row -> row.number("remaining"))
                .sum();
    }
}
