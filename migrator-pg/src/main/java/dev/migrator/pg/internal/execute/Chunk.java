package dev.migrator.pg.internal.execute;

import dev.migrator.pg.internal.sql.Row;

/**
 * A range of a table's blocks that a backfill walks over, as recorded.
 *
 * @param number its number within the step
 * @param relation the table or partition
 * @param filenode its file when the blocks were counted
 * @param from the first block
 * @param to the first block after it
 * @param next the first block that is not finished
 * @param rows rows filled so far
 * @param skipped rows that are left for later because somebody had locked them
 * @param done whether it is finished
 */
record Chunk(
        int number,
        long relation,
        long filenode,
        long from,
        long to,
        long next,
        long rows,
        long skipped,
        boolean done) {
    private static final int FEW_ROWS = 1000;
    private static final int MOST_STRIPES = 16;

    static Chunk of(Row row) {
        return new Chunk(
                (int) row.number("chunk"),
                row.number("relation"),
                row.number("filenode"),
                row.number("from_block"),
                row.number("to_block"),
                row.number("next_block"),
                row.number("rows"),
                row.number("skipped"),
                row.isTrue("done"));
    }

    /** How many stripes its windows have: as many as keep new versions on their pages, fewer where there is little to do. */
    int stripes() {
        boolean leftover = skipped > 0 && skipped < FEW_ROWS;
        if (leftover || to - from <= 8) {
            return 1;
        }
        return to - from <= 64 ? 4 : MOST_STRIPES;
    }
}
