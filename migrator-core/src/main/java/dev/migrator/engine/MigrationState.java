package dev.migrator.engine;

import dev.migrator.Direction;
import dev.migrator.Phase;
import dev.migrator.Status;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where a started migration stands, as recorded. Every phase before {@link #phase} is complete.
 *
 * <p>WAITING means that nothing of the phase has been done yet, or undone. FAILED may mean that too: whether a phase was begun
 * is what its steps say. COMPLETE in a rollback means that the rollback has reached its target; PENDING, that it has reached
 * the state before EXPAND.
 *
 * @param id the migration
 * @param checksum of the definition with which it was started
 * @param definition the definition with which it was started
 * @param position phase, status and direction
 * @param rollbackTo the phase whose completion a rollback walks back to; empty: to before EXPAND
 * @param error the last failure, empty if there is none
 * @param waiting why it waits, empty if it does not
 * @param phaseCompletedAt when the last completed phase was completed
 * @param updatedAt when this was last written
 * @param fingerprint the catalog lines that are compared before each phase
 */
public record MigrationState(
        String id,
        String checksum,
        String definition,
        Position position,
        Optional<Phase> rollbackTo,
        Optional<String> error,
        List<Waiting> waiting,
        Instant phaseCompletedAt,
        Instant updatedAt,
        List<String> fingerprint) {

    /** Copies the lists. */
    public MigrationState {
        waiting = List.copyOf(waiting);
        fingerprint = List.copyOf(fingerprint);
    }

    /** The phase at which it stands. */
    public Phase phase() {
        return position.phase();
    }

    /** Its status within the phase. */
    public Status status() {
        return position.status();
    }

    /** Whether it goes forward or back. */
    public Direction direction() {
        return position.direction();
    }

    /** Whether all phases are complete: there is nothing left to do, ever. */
    public boolean isFinished() {
        return phase() == Phase.PURGE && status() == Status.COMPLETE && direction() == Direction.FORWARD;
    }

    /** Whether it was rolled back to before EXPAND: nothing of it is left. */
    public boolean isRolledBack() {
        return direction() == Direction.ROLLING_BACK && phase() == Phase.EXPAND && status() == Status.PENDING;
    }
}
