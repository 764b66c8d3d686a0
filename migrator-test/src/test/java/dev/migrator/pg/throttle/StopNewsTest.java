package dev.migrator.pg.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.pg.internal.throttle.StopNews;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StopNewsTest {
    private static final long SECOND = 1_000_000_000L;

    private final StopNews news = new StopNews(Duration.ofSeconds(10));
    private final List<String> history = new ArrayList<>();

    private void at(long second, boolean stops) {
        news.see(stops, stops ? "lag" : "", second * SECOND).ifPresent(line -> {
            history.add(second + " " + line.event() + " " + line.detail());
            news.told(stops ? "lag" : "", second * SECOND);
        });
    }

    @Test
    void aStopAndItsEndAreToldWithTheReasonAndTheTime() {
        at(0, false);
        at(1, true);
        at(2, true);
        at(61, false);
        assertThat(history)
                .containsExactly("1 throttle-stopped lag", "61 throttle-resumed after 60.0 s; it was stopped: lag");
    }

    @Test
    void whatWaversGetsALineInTenSecondsAtMostAndTheLastWordIsTrue() {
        for (int second = 0; second < 100; second++) {
            at(second, second % 2 == 0);
        }
        assertThat(history).hasSizeBetween(9, 10);
        at(111, false);
        assertThat(history.get(history.size() - 1)).contains("throttle-resumed");
    }

    @Test
    void aLineThatCouldNotBeWrittenIsDueAgain() {
        assertThat(news.see(true, "lag", 0)).isPresent();
        assertThat(news.see(true, "lag", SECOND)).isPresent();
    }

    @Test
    void whenTheWorkEndsWhatIsLeftToTellIsTold() {
        at(0, true);
        assertThat(news.end(SECOND)).as("it ends while it is stopped").isEmpty();
        at(2, false);
        assertThat(history).hasSize(1);
        assertThat(news.end(3 * SECOND).orElseThrow().event()).isEqualTo("throttle-resumed");
    }
}
