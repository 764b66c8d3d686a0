package dev.migrator.pg.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.pg.internal.throttle.KnownStandbys;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KnownStandbysTest {
    private final KnownStandbys known = new KnownStandbys();

    private static KnownStandbys.Connection connection(long pid, int heard) {
        return new KnownStandbys.Connection("walreceiver", pid, true, "at " + heard);
    }

    private Optional<String> missing(KnownStandbys.Connection... connections) {
        return known.missing(Arrays.asList(connections));
    }

    @Test
    void oneOfTwoOfTheSameNameIsMissed() {
        assertThat(missing(connection(1, 1), connection(2, 1))).isEmpty();
        assertThat(missing(connection(1, 2), connection(2, 2))).isEmpty();
        assertThat(missing(connection(2, 3))).hasValue("walreceiver");
        assertThat(missing(connection(2, 4), connection(3, 4))).isEmpty();
    }

    @Test
    void theOnlyOneIsMissedAtOnce() {
        assertThat(missing(connection(1, 1))).isEmpty();
        assertThat(missing()).hasValue("walreceiver");
    }

    @Test
    void oneThatHasConnectedAnewIsNotTwo() {
        assertThat(missing(connection(1, 1))).isEmpty();
        assertThat(missing(connection(1, 2))).isEmpty();
        assertThat(missing(connection(1, 2), connection(2, 3))).isEmpty();
        assertThat(missing(connection(1, 2), connection(2, 4))).isEmpty();
        assertThat(missing(connection(2, 5))).isEmpty();
        assertThat(missing()).hasValue("walreceiver");
    }

    @Test
    void oneThatComesLaterCountsToo() {
        assertThat(missing(connection(1, 1))).isEmpty();
        assertThat(missing(connection(1, 2), connection(2, 2))).isEmpty();
        assertThat(missing(connection(1, 3), connection(2, 3))).isEmpty();
        assertThat(missing(connection(1, 4))).hasValue("walreceiver");
    }

    @Test
    void whatOnlyStoresIsNotMissed() {
        assertThat(missing(new KnownStandbys.Connection("archive", 1, false, "")))
                .isEmpty();
        assertThat(missing()).isEmpty();
    }
}
