package dev.migrator.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LagTest {
    private final Lag lag = new Lag();

    private void sample(int second, long written, long replayed) {
        lag.sample(TimeUnit.SECONDS.toNanos(second), written, replayed);
    }

    @Test
    void a_replica_that_has_everything_is_not_behind_however_long_nothing_is_written() {
        sample(1, 1000, 1000);
        sample(100, 1000, 1000);
        assertThat(lag.longestSeconds()).isZero();
    }

    @Test
    void one_that_stands_still_is_behind_since_the_first_log_that_it_lacks() {
        sample(1, 1000, 1000);
        sample(2, 2000, 1000);
        sample(5, 9000, 1500);
        sample(9, 9000, 1500);
        assertThat(lag.longestSeconds()).isEqualTo(7);
        assertThat(lag.figures()).containsEntry("lag MB, largest", 0.0075);
    }

    @Test
    void one_that_catches_up_is_behind_by_what_is_left() {
        sample(1, 1000, 1000);
        sample(2, 2000, 1000);
        sample(3, 3000, 1000);
        sample(4, 3000, 2000);
        assertThat(lag.longestSeconds()).isEqualTo(1);
        assertThat(lag.figures()).containsEntry("lag s, median", 0.5);
    }
}
