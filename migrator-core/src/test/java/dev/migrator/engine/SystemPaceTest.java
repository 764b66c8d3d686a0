package dev.migrator.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SystemPaceTest {
    private final Pace pace = Pace.system();

    @Test
    void aPauseLasts() {
        long begin = System.nanoTime();
        pause(Duration.ofMillis(20));
        assertThat(System.nanoTime() - begin)
                .isGreaterThanOrEqualTo(Duration.ofMillis(20).toNanos());
    }

    private void pause(Duration duration) {
        pace.pause(duration);
    }

    @Test
    void aPauseEndsWhenTheThreadIsInterrupted() {
        Thread.currentThread().interrupt();
        pause(Duration.ofDays(1));
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void aTaskIsRepeatedEvenIfItThrowsUntilItIsClosed() throws InterruptedException {
        CountDownLatch turns = new CountDownLatch(3);
        try (Pace.Handle handle = pace.every(Duration.ofMillis(1), () -> {
            turns.countDown();
            if (turns.getCount() == 2) {
                throw new IllegalStateException("once");
            }
        })) {
            assertThat(handle).isNotNull();
            assertThat(turns.await(1, TimeUnit.MINUTES)).isTrue();
        }
    }
}
