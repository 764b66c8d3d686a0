package dev.migrator.pg.internal.execute;

import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.sql.SqlErrors;
import dev.migrator.plan.Action;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Fills one window of blocks, stripe by stripe, each in a transaction of its own: after the first has committed, its old
 * versions make room on their pages for the new versions of the next.
 *
 * <p>A stripe that is too long for its time limit, or with a row in it that can't be filled, is halved; a row that can't be
 * filled alone is recorded and passed over. If it dies in the middle of a window, the next run begins that window anew: what
 * is filled is not pending any more.
 */
final class WindowFiller {
    private static final int MOST_TIMEOUTS_OF_A_ROW = 5;

    private final Task task;
    private final Action.Backfill backfill;
    private final BatchRunner batches;
    private final ChunkTable chunks;
    private final FailedRows failed;
    private final FillProgress progress;
    private final BatchSize size;

    WindowFiller(
            Task task,
            Action.Backfill backfill,
            BatchRunner batches,
            ChunkTable chunks,
            FailedRows failed,
            FillProgress progress,
            ExecutorSettings settings) {
        this.task = task;
        this.backfill = backfill;
        this.batches = batches;
        this.chunks = chunks;
        this.failed = failed;
        this.progress = progress;
        this.size = new BatchSize(settings.batchTarget());
    }

    /** How many blocks the next window should have. */
    int size() {
        return size.window();
    }

    private record Piece(TidRange range, int stripes, int stripe, int timeouts) {}

    /**
     * Fills a window.
     *
     * @return whether it got anywhere: rows were filled, or nothing is left there
     * @throws RewrittenException if the table's rows have changed place
     */
    boolean fill(Session session, Chunk chunk, Leaf leaf, long from, long to) {
        FillSql fill = new FillSql(backfill, leaf.name());
        TidRange window = TidRange.blocks(from, to);
        Deque<Piece> pieces = new ArrayDeque<>();
        for (int stripe = 0; stripe < chunk.stripes(); stripe++) {
            pieces.add(new Piece(window, chunk.stripes(), stripe, 0));
        }
        long filled = 0;
        while (!pieces.isEmpty()) {
            task.control().checkpoint();
            filled += fillPiece(session, chunk, leaf, fill, pieces);
        }
        List<String> except = failed.placesIn(leaf.oid(), window);
        List<Row> rows = batches.insist(session, leaf, () -> batches.patient()
                .then(leaf.lock("ACCESS SHARE"))
                .then(batches.sameFile(chunk))
                .then(chunks.close(chunk, from, to, fill.count(window, except))));
        size.windowDone();
        progress.reached(chunk.relation(), to);
        boolean nothingLeft = rows.stream().allMatch(row -> row.number("remaining") == 0);
        if (filled > 0 || nothingLeft) {
            batches.moved();
            return true;
        }
        // A window that became a range of its own is progress of the range that it was part of.
        return from != chunk.from() || to != chunk.to();
    }

    private long fillPiece(Session session, Chunk chunk, Leaf leaf, FillSql fill, Deque<Piece> pieces) {
        Piece piece = pieces.removeFirst();
        String update =
                fill.update(piece.range(), piece.stripes(), piece.stripe(), failed.placesIn(leaf.oid(), piece.range()));
        long begun = System.nanoTime();
        try {
            List<Row> rows = batches.batch(leaf, chunk.filenode())
                    .then(chunks.counting(update, chunk.number(), piece.stripe() + 1))
                    .send(session);
            long filled = rows.isEmpty() ? 0 : rows.get(0).number("filled");
            if (filled > 0) {
                size.took(Duration.ofNanos(System.nanoTime() - begun));
                batches.moved();
                progress.filled(filled);
            }
            return filled;
        } catch (SQLException e) {
            afterError(session, chunk, leaf, fill, pieces, piece, e);
            return 0;
        }
    }

    private void afterError(
            Session session, Chunk chunk, Leaf leaf, FillSql fill, Deque<Piece> pieces, Piece piece, SQLException e) {
        String state = SqlErrors.state(e);
        boolean timeout = state.equals(SqlErrors.QUERY_CANCELED);
        if (timeout || state.equals(SqlErrors.DEADLOCK)) {
            size.tooLong();
        }
        if (timeout && piece.range().isSingle() && piece.timeouts() < MOST_TIMEOUTS_OF_A_ROW) {
            batches.backOff(session);
            pieces.addFirst(new Piece(piece.range(), piece.stripes(), piece.stripe(), piece.timeouts() + 1));
        } else if (timeout || SqlErrors.isAboutData(e)) {
            if (piece.range().isSingle()) {
                passOver(session, chunk, leaf, fill, piece.range(), e);
            } else {
                List<TidRange> halves = piece.range().halves();
                pieces.addFirst(new Piece(halves.get(1), piece.stripes(), piece.stripe(), 0));
                pieces.addFirst(new Piece(halves.get(0), piece.stripes(), piece.stripe(), 0));
            }
        } else if (Failures.isWorthAnotherTry(e)) {
            batches.backOff(session);
            pieces.addFirst(piece);
        } else {
            throw batches.failure(leaf, e);
        }
    }

    private void passOver(Session session, Chunk chunk, Leaf leaf, FillSql fill, TidRange place, SQLException error) {
        String insert = failed.insert(fill, leaf, chunk, place, error);
        List<Row> rows = batches.insist(
                session, leaf, () -> batches.batch(leaf, chunk.filenode()).then(insert));
        rows.stream()
                .flatMap(row -> row.optionalText("row_key").stream())
                .forEach(key -> failed.add(new FailedRow(
                        leaf.oid(),
                        place.fromBlock(),
                        place.fromOffset(),
                        key,
                        SqlErrors.state(error),
                        FailedRow.message(error, failed.showsValues()))));
        if (failed.isOverBudget()) {
            throw failed.failure("backfill of " + backfill.table(), progress.rows());
        }
    }

    /**
     * Tries a row again that failed before. It is forgotten if it is filled now, or not pending any more at its place; if it
     * fails again, it stays.
     *
     * @return whether it is forgotten
     */
    boolean retry(Session session, Chunk chunk, Leaf leaf, FailedRow row) {
        task.control().checkpoint();
        FillSql fill = new FillSql(backfill, leaf.name());
        String update = fill.update(TidRange.single(row.block(), row.offset()), 1, 0, List.of());
        try {
            List<Row> rows = batches.batch(leaf, chunk.filenode())
                    .then(failed.delete(row))
                    .then(chunks.counting(update, chunk.number(), 0))
                    .send(session);
            failed.remove(row);
            rows.forEach(result -> progress.filled(result.number("filled")));
            return true;
        } catch (SQLException e) {
            if (Failures.isWorthAnotherTry(e) || SqlErrors.isAboutData(e)) {
                return false;
            }
            throw batches.failure(leaf, e);
        }
    }
}
