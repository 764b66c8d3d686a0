package dev.migrator.pg.internal.release;

import dev.migrator.Direction;
import dev.migrator.Phase;
import dev.migrator.Shape;
import dev.migrator.Status;
import dev.migrator.engine.Position;
import dev.migrator.pg.internal.sql.Row;

/**
 * Where a migration stands, as an instance is told.
 *
 * @param migration its id
 * @param position where
 * @param shape the shape that instances which bear both are to use
 * @param epoch the number of that announcement
 */
public record Standing(String migration, Position position, Shape shape, long epoch) {
    static Standing of(Row row) {
        Position position = new Position(
                Phase.valueOf(row.text("phase")),
                Status.valueOf(row.text("status")),
                Direction.valueOf(row.text("direction")));
        return new Standing(row.text("migration"), position, Shape.valueOf(row.text("shape")), row.number("epoch"));
    }

    /** Whether there is only one shape left, for good. */
    boolean isFinished() {
        return position.phase() == Phase.PURGE && position.status() == Status.COMPLETE;
    }

    /** Whether a phase that changes tables has ended, or was undone, since it stood elsewhere. */
    boolean hasChangedTablesSince(Standing before) {
        boolean completed = position.status() == Status.COMPLETE
                && position.phase() != Phase.BACKFILL
                && position.phase() != Phase.VALIDATE;
        return !position.equals(before.position)
                && (completed || position.phase().isBefore(before.position.phase()));
    }

    /** Whether it goes no further by itself: it is finished, or was rolled back. */
    boolean isAtRest() {
        boolean back = position.direction() == Direction.ROLLING_BACK;
        return isFinished() || (back && (isBeforeAll() || position.status() == Status.COMPLETE));
    }

    private boolean isBeforeAll() {
        return position.phase() == Phase.EXPAND && position.status() == Status.PENDING;
    }
}
