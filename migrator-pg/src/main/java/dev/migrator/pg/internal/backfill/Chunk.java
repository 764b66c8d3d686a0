package dev.migrator.pg.internal.backfill;

import dev.migrator.pg.internal.sql.Row;

/**
 * A range of a table's blocks that one worker fills at a time, as recorded: so small that its pages stay in the server's
 * memory from one pass over them to the next.
 *
 * @param number its number within the step
 * @param relation the table or partition
 * @param filenode its file when the blocks were counted
 * @param from the first block
 * @param to the first block after it
 * @param visit how often a worker has come to fill it, this time included
 */
record Chunk(int number, long relation, long filenode, long from, long to, int visit) {

    static Chunk of(Row row) {
        return new Chunk(
                (int) row.number("chunk"),
                row.number("relation"),
                row.number("filenode"),
                row.number("from_block"),
                row.number("to_block"),
                (int) row.number("visit"));
    }

    TidRange range() {
        return TidRange.blocks(from, to);
    }

    long blocks() {
        return to - from;
    }
}
