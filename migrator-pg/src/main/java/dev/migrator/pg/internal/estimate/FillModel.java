package dev.migrator.pg.internal.estimate;

/**
 * By how much a table grows, and how much is logged, when some or all of its rows are updated in passes: the rows of the first
 * pass leave their pages unless these have room; the later ones follow into what those have left, as HOT updates.
 *
 * <p>The log is that of a backfill right after a checkpoint, when each page is logged whole at its first change.
 *
 * @param rows rows of the table
 * @param pendingShare the share of them that is updated
 * @param blocks the table's blocks
 * @param blockSize bytes of a block
 * @param fillfactor up to which percentage a new page is filled
 * @param rowBefore bytes of a row on its page now
 * @param rowAfter bytes of a row on its page with its new values
 * @param toastPerRow bytes of new values that are stored outside of the page
 * @param indexes how many indexes there are
 * @param indexBytes their size
 * @param setsIndexed whether a column is set on which there is an index, so that no update is a HOT update
 * @param pagesLogged which share of a page counts in the log when it is logged whole: 0 if that is switched off
 */
public record FillModel(
        long rows,
        double pendingShare,
        long blocks,
        int blockSize,
        int fillfactor,
        double rowBefore,
        double rowAfter,
        double toastPerRow,
        int indexes,
        long indexBytes,
        boolean setsIndexed,
        double pagesLogged) {

    private static final int PAGE_HEADER = 24;
    private static final int LINE = 4;
    private static final int MOST_PASSES = 26;
    private static final int ONE_PASS_BLOCKS = 16;
    private static final int UPDATE_RECORD = 110;
    private static final int MOVE_RECORD = 60;
    private static final int INDEX_RECORD = 80;
    private static final int PRUNE_RECORD = 70;

    private double room() {
        return blockSize - PAGE_HEADER;
    }

    /** Rows to be updated. */
    public long updates() {
        return Math.round(rows * pendingShare);
    }

    private double perBlock() {
        return blocks == 0 ? 0 : (double) rows / blocks;
    }

    private int passes() {
        return blocks <= ONE_PASS_BLOCKS
                ? 1
                : (int) Math.max(1, Math.min(MOST_PASSES, Math.ceil(perBlock() * pendingShare)));
    }

    /** The share of the updated rows that leave their pages. */
    double moved() {
        double pending = perBlock() * pendingShare;
        if (pending == 0) {
            return 0;
        }
        double others = (perBlock() - pending) * (rowBefore + LINE);
        // While a pass is under way its rows are there twice.
        double staying = Math.floor((room() - others) / (rowAfter + LINE)) - Math.ceil(pending / passes());
        return 1 - Math.max(0, Math.min(pending, staying)) / pending;
    }

    private double leaveIndexes() {
        return setsIndexed ? 1 : moved();
    }

    /** By how much the table grows. */
    public long extraTable() {
        double onNewPage = Math.max(1, Math.floor(room() * fillfactor / 100 / (rowAfter + LINE)));
        double pages = Math.ceil(updates() * moved() / onNewPage);
        return Math.round(pages * blockSize + updates() * toastPerRow);
    }

    /** By how much its indexes grow. */
    public long extraIndexes() {
        return Math.round(indexBytes * pendingShare * leaveIndexes());
    }

    /** How much is logged. */
    public long wal() {
        double updates = updates();
        double touched = blocks * (1 - Math.pow(1 - pendingShare, Math.max(1, perBlock())));
        double full = Math.min(1, perBlock() * (rowBefore + LINE) / room());
        double wholePages = touched * blockSize * full
                + Math.min((double) indexBytes, updates * leaveIndexes() * indexes * blockSize);
        double records = updates * (UPDATE_RECORD + Math.max(0, rowAfter - rowBefore))
                + updates * moved() * (rowBefore + MOVE_RECORD)
                + updates * leaveIndexes() * indexes * INDEX_RECORD
                + touched * passes() * PRUNE_RECORD;
        return Math.round(wholePages * pagesLogged + records + updates * toastPerRow);
    }
}
