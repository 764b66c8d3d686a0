package dev.migrator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Direction;
import dev.migrator.Phase;
import dev.migrator.Status;
import dev.migrator.engine.Position;
import dev.migrator.engine.Progress;
import dev.migrator.plan.Action;
import dev.migrator.plan.Effect;
import dev.migrator.plan.Step;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is shown where nobody watches: plain lines, and not one for every batch. */
class ProgressListenerTest {
    private static final Step STEP = new Step(
            Phase.BACKFILL,
            2,
            List.of("operations[0].renameColumn"),
            "fill full_name of users",
            new Action.Nothing(),
            new Action.Nothing(),
            "",
            Set.of(Effect.FILLS),
            List.of(),
            List.of());

    private final StringWriter err = new StringWriter();
    private final ProgressListener listener = ProgressListener.plain(new PrintWriter(err));

    private static Position at(Status status) {
        return new Position(Phase.BACKFILL, status, Direction.FORWARD);
    }

    @Test
    void aPhaseAndAStepAreALineEach() {
        listener.moved("0001", at(Status.RUNNING), "");
        listener.stepBegins("0001", STEP, true);
        listener.moved("0001", at(Status.COMPLETE), "");
        assertThat(err.toString().lines())
                .containsExactly(
                        "0001: BACKFILL RUNNING", "0001:   fill full_name of users", "0001: BACKFILL COMPLETE");
    }

    @Test
    void theWayBackIsToldFromTheWayForward() {
        listener.stepBegins("0001", STEP, false);
        assertThat(err.toString()).isEqualToIgnoringNewLines("0001:   undo: fill full_name of users");
    }

    @Test
    void manyBatchesAreNotManyLines() {
        for (int i = 0; i <= 10_000; i++) {
            listener.progress("0001", new Progress(STEP.title(), i, 10_000, i * 7L));
        }
        assertThat(err.toString().lines().count()).isLessThan(100);
    }

    @Test
    void whatStoppedItIsToldAtTheEndAndNotHere() {
        listener.moved("0001", at(Status.FAILED), "a long message");
        assertThat(err.toString()).isEqualToIgnoringNewLines("0001: BACKFILL FAILED");
    }

    @Test
    void whoIsInTheWayIsALine() {
        listener.waits("0001", "ACCESS EXCLUSIVE on users, in the way: pid 7");
        assertThat(err.toString())
                .isEqualToIgnoringNewLines("0001:   waits for ACCESS EXCLUSIVE on users, in the way: pid 7");
    }

    @Test
    void oneReasonToTryAgainIsToldOnce() {
        listener.retries("0001", "no connection");
        listener.retries("0001", "no connection");
        listener.retries("0001", "a lock");
        assertThat(err.toString().lines()).hasSize(2);
    }
}
