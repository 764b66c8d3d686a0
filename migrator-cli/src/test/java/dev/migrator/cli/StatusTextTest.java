package dev.migrator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Direction;
import dev.migrator.Phase;
import dev.migrator.Status;
import dev.migrator.engine.Waiting;
import dev.migrator.pg.BackfillStatus;
import dev.migrator.pg.FailedRow;
import dev.migrator.pg.MigrationStatus;
import dev.migrator.pg.ThrottleStatus;
import dev.migrator.pg.WorkerStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StatusTextTest {

    @Test
    void columnsAreAligned() {
        List<String> lines = StatusText.of(List.of(
                        Statuses.neverStarted("0001"),
                        Statuses.at(Phase.BACKFILL, Status.RUNNING)
                                .backfill(new BackfillStatus(
                                        200, 50, 12_345, Optional.of(1_500.4), Optional.of(3_725L), 0, 0))
                                .named("0002_a_much_longer_name")))
                .lines()
                .toList();
        assertThat(lines).hasSize(3).noneMatch(line -> line.endsWith(" "));
        int phase = lines.get(0).indexOf("PHASE");
        assertThat(lines.get(1).substring(phase)).startsWith("EXPAND ");
        assertThat(lines.get(2).substring(phase)).startsWith("BACKFILL ");
        assertThat(lines.get(2)).contains("25 %, 12,345 rows", "1,500", "1 h 2 min");
    }

    @Test
    void aRowIsFollowedByWhatThereIsToSayAboutIt() {
        MigrationStatus status = Statuses.at(Phase.CONTRACT, Status.WAITING)
                .backfill(new BackfillStatus(10, 10, 100, Optional.empty(), Optional.of(0L), 2, 1))
                .waiting(new Waiting("approval", "nobody has approved contract yet"))
                .error("it broke\non two lines")
                .failed(new FailedRow("id = 7", "22P02", "invalid input syntax"))
                .named("0001");
        assertThat(StatusText.of(List.of(status)))
                .contains("\n  waits for approval: nobody has approved contract yet\n")
                .contains("\n  error: it broke\n    on two lines\n")
                .contains("\n  2 rows were passed over because somebody held them, 1 failed\n")
                .contains("\n  failed row id = 7: invalid input syntax (SQLSTATE 22P02)\n");
    }

    @Test
    void whoHoldsItBackAndWhatWasTunedIsSaid() {
        ThrottleStatus slow = new ThrottleStatus(ThrottleStatus.SLOW, 3.25, "replica lag 4s", Optional.empty());
        ThrottleStatus night = new ThrottleStatus(ThrottleStatus.STOPPED, 1, "night", Optional.of(Statuses.UPDATED));
        assertThat(text(slow)).contains("\n  throttle: slowed down by 3.3, replica lag 4s\n", "\n  tuned: workers=2\n");
        assertThat(text(slow)).contains("\n  a note\n");
        assertThat(text(night)).contains("\n  throttle: stopped until " + Statuses.UPDATED + ", night\n");
        assertThat(text(new ThrottleStatus(ThrottleStatus.NORMAL, 1, "", Optional.empty())))
                .doesNotContain("throttle");
    }

    private static String text(ThrottleStatus throttle) {
        WorkerStatus worker = new WorkerStatus("w", throttle, Optional.empty(), Statuses.UPDATED, List.of("a note"));
        return StatusText.of(List.of(Statuses.at(Phase.BACKFILL, Status.RUNNING)
                .tuned(Map.of("workers", "2"))
                .backfill(new BackfillStatus(10, 9, 100, Optional.empty(), Optional.empty(), 0, 0, List.of(worker)))
                .named("0001")));
    }

    @Test
    void aRollbackUnderWayIsToldFromTheWayForward() {
        assertThat(StatusText.of(List.of(Statuses.at(Phase.VALIDATE, Status.RUNNING)
                        .going(Direction.ROLLING_BACK)
                        .named("0001"))))
                .contains("RUNNING (rolling back)");
    }

    @Test
    void anEmptyTableIsDone() {
        BackfillStatus nothing = new BackfillStatus(0, 0, 0, Optional.empty(), Optional.of(0L), 0, 0);
        assertThat(StatusText.of(List.of(Statuses.at(Phase.BACKFILL, Status.COMPLETE)
                        .backfill(nothing)
                        .named("0001"))))
                .contains("100 %, 0 rows");
    }
}
