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

    /** A part of a window that is to be filled in one transaction. */
    private record Piece(TidRange range, int stripes, int stripe, int timeouts) {
        Piece in(TidRange part) {
            return new Piece(part, stripes, stripe, 0);
        }

        Piece onceMore() {
            return new Piece(range, stripes, stripe, timeouts + 1);
        }
    }

    /** A window that is being filled, with the pieces that are left to do. */
    private record Window(Session session, Chunk chunk, Leaf leaf, FillSql fill, TidRange range, Deque<Piece> pieces) {}

    /**
     * Fills a window.
     *
     * @return whether it got anywhere: rows were filled, or nothing is left there
     * @throws RewrittenException if the table's rows have changed place
     */
    boolean fill(Session session, Chunk chunk, Leaf leaf, long from, long to) {
        TidRange range = TidRange.blocks(from, to);
        Window window = new Window(session, chunk, leaf, new FillSql(backfill, leaf.name()), range, new ArrayDeque<>());
        for (int stripe = 0; stripe < chunk.stripes(); stripe++) {
            window.pieces().add(new Piece(range, chunk.stripes(), stripe, 0));
        }
        long filled = fillNext(window);
        if (filled == 0 && chunk.stripes() > 1 && nothingIsPending(window)) {
            window.pieces().clear();
            size.nothingToDo();
        }
        while (!window.pieces().isEmpty()) {
            filled += fillNext(window);
        }
        long remaining = close(window);
        size.windowDone();
        progress.reached(chunk.relation(), to);
        if (filled > 0 || remaining == 0) {
            batches.moved();
            return true;
        }
        // A window that became a range of its own is progress of the range that it was part of.
        return from != chunk.from() || to != chunk.to();
    }

    private boolean nothingIsPending(Window window) {
        String count = window.fill().count(window.range(), exceptIn(window, window.range()));
        return read(window, count).get(0).number("n") == 0;
    }

    private long close(Window window) {
        TidRange range = window.range();
        String count = window.fill().count(range, exceptIn(window, range));
        String close = chunks.close(window.chunk(), range.fromBlock(), range.toBlock(), count);
        return read(window, close).stream()
                .mapToLong(row -> row.number("remaining"))
                .sum();
    }

    /** Runs what only reads the table's rows. */
    private List<Row> read(Window window, String statement) {
        return batches.insist(window.session(), window.leaf(), () -> batches.patient()
                .then(window.leaf().lock("ACCESS SHARE"))
                .then(batches.sameFile(window.chunk()))
                .then(statement));
    }

    private List<String> exceptIn(Window window, TidRange range) {
        return failed.placesIn(window.leaf().oid(), range);
    }

    /** Fills the next piece, or has it filled in smaller ones; how many rows were filled. */
    private long fillNext(Window window) {
        task.control().checkpoint();
        Piece piece = window.pieces().removeFirst();
        String update =
                window.fill().update(piece.range(), piece.stripes(), piece.stripe(), exceptIn(window, piece.range()));
        long begun = System.nanoTime();
        try {
            List<Row> rows = batches.batch(window.leaf(), window.chunk().filenode())
                    .then(chunks.counting(update, window.chunk().number(), piece.stripe() + 1))
                    .send(window.session());
            long filled = rows.isEmpty() ? 0 : rows.get(0).number("filled");
            if (filled > 0) {
                size.took(Duration.ofNanos(System.nanoTime() - begun));
                batches.moved();
                progress.filled(filled);
            }
            return filled;
        } catch (SQLException e) {
            afterError(window, piece, e);
            return 0;
        }
    }

    private void afterError(Window window, Piece piece, SQLException e) {
        String state = SqlErrors.state(e);
        boolean timeout = state.equals(SqlErrors.QUERY_CANCELED);
        if (timeout || state.equals(SqlErrors.DEADLOCK)) {
            size.tooLong();
        }
        if (timeout && piece.range().isSingle() && piece.timeouts() < MOST_TIMEOUTS_OF_A_ROW) {
            batches.backOff(window.session());
            window.pieces().addFirst(piece.onceMore());
        } else if (timeout || SqlErrors.isAboutData(e)) {
            if (piece.range().isSingle()) {
                passOver(window, piece.range(), e);
            } else {
                List<TidRange> halves = piece.range().halves();
                window.pieces().addFirst(piece.in(halves.get(1)));
                window.pieces().addFirst(piece.in(halves.get(0)));
            }
        } else if (Failures.isWorthAnotherTry(e)) {
            batches.backOff(window.session());
            window.pieces().addFirst(piece);
        } else {
            throw batches.failure(window.leaf(), e);
        }
    }

    private void passOver(Window window, TidRange place, SQLException error) {
        String insert = failed.insert(window.fill(), window.leaf(), window.chunk(), place, error);
        List<Row> rows = batches.insist(window.session(), window.leaf(), () -> batches.batch(
                        window.leaf(), window.chunk().filenode())
                .then(insert));
        rows.stream()
                .flatMap(row -> row.optionalText("row_key").stream())
                .forEach(key -> failed.add(window.leaf(), place, key, error));
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
