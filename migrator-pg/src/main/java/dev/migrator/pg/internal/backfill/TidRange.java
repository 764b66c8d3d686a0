package dev.migrator.pg.internal.backfill;

import java.util.List;

/**
 * A range of places in a table's file, from the first up to, not including, the second.
 *
 * @param fromBlock the first place's block
 * @param fromOffset the first place's line in its block
 * @param toBlock the block of the first place after the range
 * @param toOffset the line of the first place after the range
 */
public record TidRange(long fromBlock, int fromOffset, long toBlock, int toOffset) {
    // More lines than a block of 32 kB, the largest there is, can have.
    private static final int LINES = 1200;

    /** All places of some blocks. */
    public static TidRange blocks(long from, long to) {
        return new TidRange(from, 0, to, 0);
    }

    /** One place. */
    public static TidRange single(long block, int offset) {
        return new TidRange(block, offset, block, offset + 1);
    }

    public boolean isSingle() {
        return fromBlock == toBlock && toOffset - fromOffset == 1;
    }

    public boolean contains(long block, int offset) {
        boolean before = block < fromBlock || (block == fromBlock && offset < fromOffset);
        boolean after = block > toBlock || (block == toBlock && offset >= toOffset);
        return !before && !after;
    }

    /** The range in two, by blocks as long as there is more than one. */
    public List<TidRange> halves() {
        if (toBlock - fromBlock > 1) {
            long middle = (fromBlock + toBlock) >>> 1;
            return List.of(new TidRange(fromBlock, fromOffset, middle, 0), new TidRange(middle, 0, toBlock, toOffset));
        }
        int first = Math.max(1, fromOffset);
        int end = toBlock == fromBlock ? toOffset : LINES;
        int middle = (first + end) >>> 1;
        return List.of(
                new TidRange(fromBlock, first, fromBlock, middle), new TidRange(fromBlock, middle, fromBlock, end));
    }

    /** The condition that a row's place lies in the range. */
    public String condition(String ctid) {
        return ctid + " >= '(" + fromBlock + "," + fromOffset + ")'::pg_catalog.tid AND " + ctid + " < '(" + toBlock
                + "," + toOffset + ")'::pg_catalog.tid";
    }
}
