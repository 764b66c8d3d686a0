package dev.migrator.pg.execute;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.pg.internal.backfill.Striping;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** In how many passes ranges are filled, by what the ranges before have shown. */
class StripingTest {
    private static final long BLOCKS = 1000;

    private long nanos;
    private final Striping striping = new Striping(() -> nanos);

    /** A range of which so many rows a block are filled, of which so many of the first pass and the others stay. */
    private void range(int rowsPerBlock, double hotInFirst, double hotLater) {
        int passes = striping.passes(BLOCKS);
        long inPass = BLOCKS * rowsPerBlock / passes;
        for (int pass = 0; pass < passes; pass++) {
            striping.batch(pass, inPass, (long) (inPass * (pass == 0 ? hotInFirst : hotLater)), true);
        }
        striping.rangeDone(passes, BLOCKS);
    }

    @Test
    void asManyAsAPageHasRows() {
        range(8, 0, 0.9);
        assertThat(striping.passes(BLOCKS)).isEqualTo(8);
    }

    @Test
    void oneForTwoRowsWhereAPageHasMany() {
        range(26, 0, 0.9);
        assertThat(striping.passes(BLOCKS)).isEqualTo(13);
    }

    @Test
    void notMoreThanLookingIsWorth() {
        range(200, 0, 0.9);
        assertThat(striping.passes(BLOCKS)).isEqualTo(Striping.MOST);
    }

    @Test
    void oneWhereARowFillsAPage() {
        range(1, 0, 0);
        assertThat(striping.passes(BLOCKS)).isEqualTo(1);
        assertThat(striping.isUseless()).isFalse();
    }

    @Test
    void oneWhereTheTableIsTiny() {
        range(10, 0, 0.9);
        assertThat(striping.passes(8)).isEqualTo(1);
    }

    @Test
    void fewerWhereThePagesHaveRoom() {
        range(10, 1, 1);
        int passes = striping.passes(BLOCKS);
        assertThat(passes).isBetween(2, 8);
        range(10, 1, 1);
        range(10, 1, 1);
        assertThat(striping.passes(BLOCKS)).isLessThan(passes);
        range(10, 0.1, 0.7);
        range(10, 0.1, 0.7);
        range(10, 0.1, 0.7);
        assertThat(striping.passes(BLOCKS)).as("no room any more").isEqualTo(10);
    }

    @Test
    void oneWhileDeadRowsAreNotRemovedAndAgainManyAfterAWhile() {
        range(10, 0, 0.05);
        assertThat(striping.isUseless()).isTrue();
        assertThat(striping.passes(BLOCKS)).isEqualTo(1);
        range(10, 0, 0);
        assertThat(striping.passes(BLOCKS)).isEqualTo(1);

        nanos += Duration.ofSeconds(11).toNanos();
        assertThat(striping.passes(BLOCKS)).isEqualTo(10);
        range(10, 0, 0.9);
        assertThat(striping.isUseless()).isFalse();
        assertThat(striping.passes(BLOCKS)).isEqualTo(10);
    }

    @Test
    void whatTheServerDoesNotCountChangesNothing() {
        int before = striping.passes(BLOCKS);
        striping.batch(0, 5000, 0, false);
        striping.batch(1, 5000, 0, false);
        striping.rangeDone(before, BLOCKS);
        assertThat(striping.passes(BLOCKS)).isEqualTo(before);
        assertThat(striping.isUseless()).isFalse();
    }
}
