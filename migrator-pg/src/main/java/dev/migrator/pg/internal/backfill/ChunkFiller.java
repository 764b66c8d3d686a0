package dev.migrator.pg.internal.backfill;

import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.sql.SqlErrors;
import dev.migrator.pg.internal.throttle.Horizon;
import dev.migrator.pg.internal.throttle.Throttle;
import dev.migrator.pg.internal.throttle.ThrottledWorker;
import dev.migrator.pg.internal.transact.Failures;
import dev.migrator.pg.internal.transact.Task;
import dev.migrator.plan.Action;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/**
 * Fills one range, in {@link Striping passes}, each of them in batches, each batch in a transaction of its own.
 *
 * <p>A batch that is too long for its time limit, or that has to wait for a lock, or with a row in it that can't be filled, is
 * halved; a row that can't be filled alone is recorded and passed over. Rows that somebody else has locked, or that have to
 * wait for somebody, are left; the range is visited again. If only a few are left, or none could be filled, time and again,
 * each is waited for by a transaction that holds no other row. One that is as it was then can't be filled.
 */
final class ChunkFiller {
    private static final int MOST_TIMEOUTS_OF_A_ROW = 5;
    private static final int FEW_ROWS = 1000;

    /**
     * A pass has at least so many batches: between a batch and the next one on the same pages, the transactions that were
     * open when it committed, of other workers too, come to their end, or its dead rows could not be removed yet.
     */
    private static final long SHARES = 3;

    private static final int ONE_BY_ONE = 100;
    private static final int PATIENT_VISIT = 3;
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(250);

    private final Task task;
    private final Throttle throttle;
    private final ThrottledWorker pacing;
    private final Action.Backfill backfill;
    private final BatchRunner batches;
    private final ChunkTable chunks;
    private final FailedRows failed;
    private final Overseer overseer;
    private final BatchSize size;
    private final Striping striping;
    private long lastLook = System.nanoTime();
    private Duration lastBatch = Duration.ZERO;
    private boolean noted;

    ChunkFiller(
            Task task,
            Action.Backfill backfill,
            BatchRunner batches,
            ChunkTable chunks,
            FailedRows failed,
            Overseer overseer,
            Throttle throttle,
            ThrottledWorker pacing,
            Striping striping) {
        this.task = task;
        this.throttle = throttle;
        this.pacing = pacing;
        this.size = new BatchSize(throttle.current().batchTarget());
        this.backfill = backfill;
        this.batches = batches;
        this.chunks = chunks;
        this.failed = failed;
        this.overseer = overseer;
        this.striping = striping;
    }

    /** A visit to a range. */
    private record Visit(Session session, Chunk chunk, Leaf leaf, FillSql fill, int passes) {}

    /** A part of a pass that is to be filled in one transaction. */
    private record Piece(TidRange range, int pass, long reached) {
        Piece in(TidRange part) {
            return new Piece(part, pass, reached);
        }
    }

    /**
     * Fills a range that is this worker's.
     *
     * @return whether it got anywhere: rows were filled, or nothing is left there
     * @throws RewrittenException if the table's rows have changed place
     * @throws ChunkLostException if the range is not the worker's any more
     */
    boolean fill(Session session, Chunk chunk, Leaf leaf) {
        FillSql fill = new FillSql(backfill, leaf);
        Visit visit = new Visit(session, chunk, leaf, fill, striping.passes(chunk.blocks()));
        long filled;
        if (chunk.visit() == 1) {
            filled = fillAll(visit);
            striping.rangeDone(visit.passes(), chunk.blocks());
            noteHorizon(visit);
        } else {
            long left = pending(visit);
            filled =
                    left == 0 ? 0 : fillLeft(left <= FEW_ROWS ? new Visit(session, chunk, leaf, fill, 1) : visit, left);
        }
        long remaining = close(visit);
        if (filled > 0 || remaining == 0) {
            batches.moved();
            return true;
        }
        return false;
    }

    /** A visit to what another one has left. What no batch gets time and again has to be looked at row by row. */
    private long fillLeft(Visit visit, long left) {
        boolean patient = visit.chunk().visit() >= PATIENT_VISIT;
        long filled = patient && left <= ONE_BY_ONE ? 0 : fillAll(visit);
        return patient && filled == 0 ? fillOneByOne(visit) : filled;
    }

    /** Where passes are of no use, people should know who makes the table grow. */
    private void noteHorizon(Visit visit) {
        String note = striping.isUseless()
                ? Horizon.holder(visit.session())
                        .map(holder -> "dead rows of " + visit.leaf().name() + " can't be removed because of " + holder
                                + ": as long as that lasts, the backfill makes the table grow by as much as it fills")
                        .orElse("")
                : "";
        if (!note.isEmpty() && !noted) {
            task.control().waits(note);
        }
        noted = !note.isEmpty();
        pacing.note(note);
    }

    private long fillAll(Visit visit) {
        long filled = 0;
        for (int pass = 0; pass < visit.passes(); pass++) {
            long inPass = fillPass(visit, pass);
            filled += inPass;
            if (pass == 0 && inPass == 0 && visit.passes() > 1 && pending(visit) == 0) {
                return filled;
            }
        }
        return filled;
    }

    private long fillPass(Visit visit, int pass) {
        Chunk chunk = visit.chunk();
        long filled = 0;
        long block = chunk.from();
        int share = (int) Math.max(1, (chunk.blocks() + SHARES - 1) / SHARES);
        while (block < chunk.to()) {
            long end = Math.min(chunk.to(), block + size.blocks(share));
            long reached = chunk.from() + (chunk.blocks() * pass + (end - chunk.from())) / visit.passes();
            Piece piece = new Piece(TidRange.blocks(block, end), pass, reached);
            filled += fill(visit, piece, 0);
            block = end;
        }
        return filled;
    }

    /** Fills a piece in one transaction, or in smaller ones; how many rows were filled. */
    private long fill(Visit visit, Piece piece, int timeouts) {
        beforeBatch(visit);
        String update =
                visit.fill().update(piece.range(), visit.passes(), piece.pass(), exceptIn(visit, piece.range()));
        try {
            return send(visit, piece, chunks.filling(visit.fill(), update));
        } catch (SQLException e) {
            return fillAfterError(visit, piece, timeouts, e);
        }
    }

    private void beforeBatch(Visit visit) {
        batches.checkpoint();
        if (overseer.isWaitedFor() || !pacing.mayBegin(task.control(), lastBatch)) {
            throw new HeldBackException();
        }
        size.aimAt(throttle.current().batchTarget());
        overseer.beforeBatch(visit.session());
    }

    private long send(Visit visit, Piece piece, CountedUpdate update) throws SQLException {
        long begun = System.nanoTime();
        boolean look = begun - lastLook >= BETWEEN_LOOKS.toNanos();
        Row result = batches.batch(visit.leaf(), visit.chunk())
                .then(chunks.counting(update, visit.chunk(), piece.reached(), look))
                .send(visit.session())
                .get(0);
        long now = System.nanoTime();
        long filled = result.number("filled");
        lastBatch = Duration.ofNanos(now - begun);
        if (look) {
            lastLook = now;
        }
        if (filled == 0) {
            size.nothingToDo();
            return 0;
        }
        striping.batch(piece.pass(), filled, result.number("hot"), result.number("counted") >= filled);
        if (result.number("waiting") > 0) {
            size.tooLong();
        } else {
            size.took(lastBatch);
        }
        batches.moved();
        overseer.filled(filled);
        return filled;
    }

    private long fillAfterError(Visit visit, Piece piece, int timeouts, SQLException e) {
        String state = SqlErrors.state(e);
        boolean timeout = state.equals(SqlErrors.QUERY_CANCELED);
        boolean locked = state.equals(SqlErrors.LOCK_NOT_AVAILABLE);
        boolean single = piece.range().isSingle();
        if (timeout || locked || state.equals(SqlErrors.DEADLOCK)) {
            size.tooLong();
        }
        if (timeout && single && timeouts < MOST_TIMEOUTS_OF_A_ROW) {
            batches.backOff(visit.session());
            return fill(visit, piece, timeouts + 1);
        } else if (timeout || SqlErrors.isAboutData(e)) {
            if (single) {
                passOver(visit, piece.range(), e);
                return 0;
            }
            return fillHalves(visit, piece);
        } else if (locked) {
            // It waited for somebody with all its rows locked. A row because of which it has to is left for later.
            if (single) {
                batches.backOff(visit.session());
                return 0;
            }
            return fillHalves(visit, piece);
        } else if (Failures.isWorthAnotherTry(e)) {
            batches.backOff(visit.session());
            return fill(visit, piece, timeouts);
        }
        throw batches.failure(visit.leaf(), e);
    }

    private long fillHalves(Visit visit, Piece piece) {
        long filled = 0;
        for (TidRange half : piece.range().halves()) {
            filled += fill(visit, piece.in(half), 0);
        }
        return filled;
    }

    /** Waits for each row by a transaction that holds no other one. */
    private long fillOneByOne(Visit visit) {
        long filled = 0;
        String places = visit.fill()
                .places(visit.chunk().range(), exceptIn(visit, visit.chunk().range()), ONE_BY_ONE);
        for (Row place : read(visit, places)) {
            TidRange row = TidRange.single(place.number("block"), (int) place.number("line"));
            Piece piece = new Piece(row, 0, visit.chunk().from());
            beforeBatch(visit);
            try {
                filled += send(visit, piece, chunks.fillingOne(visit.fill(), row));
            } catch (SQLException e) {
                boolean stillLocked = Failures.isWorthAnotherTry(e);
                filled += stillLocked ? 0 : fillAfterError(visit, piece, 0, e);
            }
        }
        return filled;
    }

    private List<String> exceptIn(Visit visit, TidRange range) {
        return failed.placesIn(visit.leaf().oid(), range);
    }

    private long pending(Visit visit) {
        return read(visit, count(visit)).get(0).number("n");
    }

    private String count(Visit visit) {
        TidRange range = visit.chunk().range();
        return visit.fill().count(range, exceptIn(visit, range));
    }

    private long close(Visit visit) {
        return read(visit, chunks.close(visit.chunk(), count(visit))).stream()
                .mapToLong(row -> row.number("remaining"))
                .sum();
    }

    /** Runs what only reads the table's rows. */
    private List<Row> read(Visit visit, String statement) {
        return batches.insist(visit.session(), visit.leaf(), () -> batches.patient(visit.leaf(), visit.chunk())
                .then(statement));
    }

    private void passOver(Visit visit, TidRange place, SQLException error) {
        String insert = failed.insert(visit.fill(), visit.leaf(), visit.chunk(), place, error);
        batches
                .insist(visit.session(), visit.leaf(), () -> batches.batch(visit.leaf(), visit.chunk())
                        .then(insert))
                .stream()
                .flatMap(row -> row.optionalText("row_key").stream())
                .forEach(key -> failed.add(visit.leaf(), place, key, error));
        failed.checkBudget();
    }
}
