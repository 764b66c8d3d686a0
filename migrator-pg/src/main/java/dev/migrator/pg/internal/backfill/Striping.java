package dev.migrator.pg.internal.backfill;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * In how many passes the rows of a range are filled.
 *
 * <p>The rows that the first pass writes move to other pages, for theirs are full; what they leave behind is room for the
 * next pass, whose new versions stay on their pages and need no entry in any index. The more passes, the fewer rows leave; but
 * each pass looks at all rows of the range. So there are as many as a page has rows where these are few, and one for two rows
 * of a page where they are more. Where pages have room from the beginning (fillfactor), fewer passes will do.
 *
 * <p>None of this helps while somebody's transaction holds back the removal of dead rows: then there is one pass only, until
 * that may have ended.
 */
public final class Striping {
    public static final int MOST = 16;

    private static final int FEW_ROWS = 10;

    private static final int TINY_BLOCKS = 16;
    private static final int UNKNOWN = 16;
    private static final double PLENTY = 0.9;
    private static final double LITTLE = 0.5;
    private static final double USELESS = 0.2;
    private static final int ENOUGH_ROWS = 500;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final LongSupplier nanos;
    private double rowsPerBlock;
    private int limit = MOST;
    private boolean useless;
    private long uselessSince;

    private long firstFilled;
    private long firstHot;
    private long laterFilled;
    private long laterHot;
    private boolean counted = true;

    /**
     * Nothing is known of the table yet.
     *
     * @param nanos a clock
     */
    public Striping(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** How many passes the next range gets: one if it is so small that its growth does not matter. */
    public int passes(long blocks) {
        if (blocks <= TINY_BLOCKS) {
            return 1;
        }
        if (useless && nanos.getAsLong() - uselessSince < PATIENCE.toNanos()) {
            return 1;
        }
        return rowsPerBlock == 0 ? UNKNOWN : Math.max(1, Math.min(limit, wanted()));
    }

    private int wanted() {
        int rows = (int) Math.ceil(rowsPerBlock);
        return rows <= FEW_ROWS ? rows : Math.max(FEW_ROWS, (rows + 1) / 2);
    }

    /** Whether passes were found to be of no use, since dead rows are not removed. */
    public boolean isUseless() {
        return useless;
    }

    /**
     * A batch is over.
     *
     * @param pass the pass, from 0
     * @param filled how many rows it filled
     * @param hot how many of them stayed on their pages
     * @param known whether the server counts this
     */
    public void batch(int pass, long filled, long hot, boolean known) {
        counted &= known;
        if (pass == 0) {
            firstFilled += filled;
            firstHot += Math.min(filled, hot);
        } else {
            laterFilled += filled;
            laterHot += Math.min(filled, hot);
        }
    }

    /**
     * A range is over: decides about the next one.
     *
     * @param passes how many passes it had
     * @param blocks how many blocks it had
     */
    public void rangeDone(int passes, long blocks) {
        long filled = firstFilled + laterFilled;
        if (filled >= ENOUGH_ROWS && counted) {
            rowsPerBlock = Math.max(rowsPerBlock, (double) filled / Math.max(1, blocks));
            if (passes > 1) {
                learn(passes);
            }
        }
        firstFilled = 0;
        firstHot = 0;
        laterFilled = 0;
        laterHot = 0;
        counted = true;
    }

    private void learn(int passes) {
        boolean crowded = rowsPerBlock >= 3;
        useless = crowded && laterFilled > 0 && laterHot < USELESS * laterFilled;
        if (useless) {
            uselessSince = nanos.getAsLong();
        } else if (firstHot > PLENTY * firstFilled) {
            limit = Math.max(2, passes / 2);
        } else if (firstHot < LITTLE * firstFilled) {
            limit = Math.min(MOST, Math.max(limit, passes * 2));
        }
    }
}
