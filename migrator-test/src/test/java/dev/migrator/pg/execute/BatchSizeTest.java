package dev.migrator.pg.execute;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.pg.internal.backfill.BatchSize;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How a batch is fitted to the time for which it may hold row locks. */
class BatchSizeTest {
    private static final int MOST = 2048;

    private final BatchSize size = new BatchSize(Duration.ofMillis(50));

    /** Batches on a server that needs so long for a block. */
    private void batches(int number, double millisPerBlock) {
        for (int i = 0; i < number; i++) {
            size.took(Duration.ofNanos((long) (size.blocks(MOST) * millisPerBlock * 1_000_000)));
        }
    }

    @Test
    void itComesToItsTargetWithinADozenBatches() {
        batches(12, 0.1);
        assertThat(size.blocks(MOST)).isBetween(450, 550);
    }

    @Test
    void aSlowerServerMakesItSmallerAtOnce() {
        batches(12, 0.1);
        batches(4, 1);
        assertThat(size.blocks(MOST)).isBetween(45, 65);
    }

    @Test
    void troubleHalvesItAndItStaysSmallForAWhile() {
        batches(12, 0.1);
        int before = size.blocks(MOST);
        size.tooLong();
        assertThat(size.blocks(MOST)).isEqualTo(before / 2);
        batches(10, 0.1);
        assertThat(size.blocks(MOST)).isEqualTo(before / 2);
        batches(20, 0.1);
        assertThat(size.blocks(MOST)).isBetween(450, 550);
    }

    @Test
    void troubleHalvesWhatABatchReallyHadWhereverItsLimitIs() {
        for (int i = 0; i < 20; i++) {
            size.blocks(100);
            size.took(Duration.ofMillis(1));
        }
        assertThat(size.blocks(100)).isEqualTo(100);
        size.tooLong();
        assertThat(size.blocks(100)).isEqualTo(50);
    }

    @Test
    void aSmallerLimitCountsAtOnceAndIsWhatIsHalved() {
        batches(12, 0.1);
        assertThat(size.blocks(MOST)).isGreaterThan(100);
        assertThat(size.blocks(100)).isEqualTo(100);
        size.tooLong();
        assertThat(size.blocks(MOST)).isEqualTo(50);
    }

    @Test
    void itIsNeverLessThanABlock() {
        for (int i = 0; i < 20; i++) {
            size.tooLong();
        }
        assertThat(size.blocks(MOST)).isEqualTo(1);
    }

    @Test
    void anotherTargetCountsFromTheNextBatchOn() {
        batches(12, 0.1);
        size.aimAt(Duration.ofMillis(10));
        batches(5, 0.1);
        assertThat(size.blocks(MOST)).isBetween(90, 110);
    }

    @Test
    void whereNothingIsToDoItGrowsFast() {
        assertThat(size.blocks(MOST)).isEqualTo(32);
        for (int i = 0; i < 6; i++) {
            size.nothingToDo();
        }
        assertThat(size.blocks(MOST)).isEqualTo(32 * 64);
    }
}
