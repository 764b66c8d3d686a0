package dev.migrator.cli;

import dev.migrator.Direction;
import dev.migrator.Phase;
import dev.migrator.Status;
import dev.migrator.engine.Position;
import dev.migrator.engine.Waiting;
import dev.migrator.pg.BackfillStatus;
import dev.migrator.pg.FailedRow;
import dev.migrator.pg.MigrationStatus;
import dev.migrator.pg.RollbackStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes statuses for tests of what prints them. */
final class Statuses {
    static final Instant UPDATED = Instant.parse("2026-03-01T10:20:30.123456Z");

    private final Phase phase;
    private final Status status;
    private Direction direction = Direction.FORWARD;
    private Optional<String> error = Optional.empty();
    private List<Waiting> waiting = List.of();
    private Optional<BackfillStatus> backfill = Optional.empty();
    private List<FailedRow> failed = List.of();
    private Map<String, String> knobs = Map.of();

    private Statuses(Phase phase, Status status) {
        this.phase = phase;
        this.status = status;
    }

    static MigrationStatus neverStarted(String id) {
        return new MigrationStatus(
                id,
                "shop",
                new Position(Phase.EXPAND, Status.PENDING, Direction.FORWARD),
                Optional.empty(),
                List.of(),
                List.of(),
                Optional.empty(),
                List.of(),
                new RollbackStatus(false, RollbackStatus.NO_WAY, "it has not started"),
                Optional.empty(),
                Map.of(),
                List.of());
    }

    static Statuses at(Phase phase, Status status) {
        return new Statuses(phase, status);
    }

    Statuses going(Direction where) {
        this.direction = where;
        return this;
    }

    Statuses error(String message) {
        this.error = Optional.of(message);
        return this;
    }

    Statuses waiting(Waiting... reasons) {
        this.waiting = List.of(reasons);
        return this;
    }

    Statuses backfill(BackfillStatus progress) {
        this.backfill = Optional.of(progress);
        return this;
    }

    Statuses failed(FailedRow... rows) {
        this.failed = List.of(rows);
        return this;
    }

    Statuses tuned(Map<String, String> values) {
        this.knobs = values;
        return this;
    }

    MigrationStatus named(String id) {
        return new MigrationStatus(
                id,
                "shop",
                new Position(phase, status, direction),
                error,
                waiting,
                List.of(),
                backfill,
                failed,
                new RollbackStatus(true, RollbackStatus.INSTANT, "only definitions change"),
                Optional.of(UPDATED),
                knobs,
                List.of());
    }
}
