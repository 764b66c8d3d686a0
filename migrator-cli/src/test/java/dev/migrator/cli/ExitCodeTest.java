package dev.migrator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Direction;
import dev.migrator.Phase;
import dev.migrator.Status;
import dev.migrator.engine.Outcome;
import dev.migrator.engine.Position;
import dev.migrator.engine.Waiting;
import dev.migrator.pg.MigrationResult;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExitCodeTest {
    private static final Position POSITION = new Position(Phase.VALIDATE, Status.COMPLETE, Direction.FORWARD);
    private static final Outcome ARRIVED = new Outcome.Arrived(POSITION, "VALIDATE is complete");
    private static final Outcome WAITS =
            new Outcome.Waits(Phase.CONTRACT, List.of(new Waiting("approval", "nobody has approved it")));
    private static final Outcome PAUSED = new Outcome.Paused(POSITION);
    private static final Outcome FAILED = new Outcome.Failed(POSITION, "it broke");

    private static int code(Outcome... outcomes) {
        return ExitCode.of(Arrays.stream(outcomes)
                .map(outcome -> new MigrationResult("0001", outcome))
                .toList());
    }

    @Test
    void eachOutcomeHasItsCode() {
        assertThat(code(ARRIVED)).isZero();
        assertThat(code(FAILED)).isEqualTo(1);
        assertThat(code(WAITS)).isEqualTo(3);
        assertThat(code(PAUSED)).isEqualTo(4);
    }

    @Test
    void ofSeveralTheMostSeriousCounts() {
        assertThat(code()).isZero();
        assertThat(code(ARRIVED, WAITS, ARRIVED)).isEqualTo(3);
        assertThat(code(WAITS, PAUSED, WAITS)).isEqualTo(4);
        assertThat(code(PAUSED, WAITS, FAILED)).isEqualTo(1);
    }
}
