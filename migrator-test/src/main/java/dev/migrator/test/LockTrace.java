package dev.migrator.test;

import dev.migrator.Direction;
import dev.migrator.Phase;
import dev.migrator.plan.LockMode;
import dev.migrator.plan.Plan;
import dev.migrator.plan.Step;
import dev.migrator.plan.TableLock;
import dev.migrator.test.internal.LockNotes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The locks on tables that a migration has really taken, beside what its plan says.
 *
 * <p>Seen are, on every statement that changes the schema, all locks that its session holds then, by an event trigger; and
 * besides, every few milliseconds from another session, the locks that others hold, such as those of a backfill. What a
 * statement holds for less than that and without changing the schema can be missed.
 */
public final class LockTrace {
    private final Plan plan;
    private final List<TakenLock> locks;
    private final Duration longestStop;

    private LockTrace(Plan plan, Collection<TakenLock> locks, Duration longestStop) {
        this.plan = plan;
        this.locks = List.copyOf(locks);
        this.longestStop = longestStop;
    }

    /**
     * Runs the migration in a copy of a database in which it has not begun: to CONTRACT, back to the start, and forward to PURGE.
     *
     * @throws AssertionError if the migration does not come through
     */
    public static LockTrace of(MigrationDatabase database) {
        try (MigrationDatabase copy =
                        database.suite().createDatabase(database.database().server());
                LockNotes notes = LockNotes.in(copy.database().connectAsSuperuser())) {
            Set<TakenLock> locks = new LinkedHashSet<>();
            Plan plan = copy.plan();
            for (Phase phase : List.of(Phase.EXPAND, Phase.BACKFILL, Phase.VALIDATE, Phase.CONTRACT)) {
                copy.advanceTo(phase);
                locks.addAll(notes.taken(phase, Direction.FORWARD));
            }
            for (Phase phase : List.of(Phase.CONTRACT, Phase.VALIDATE, Phase.BACKFILL)) {
                copy.rollbackTo(phase.previous().orElseThrow());
                locks.addAll(notes.taken(phase, Direction.ROLLING_BACK));
            }
            copy.rollback();
            locks.addAll(notes.taken(Phase.EXPAND, Direction.ROLLING_BACK));
            copy.advanceTo(Phase.CONTRACT);
            notes.taken(Phase.CONTRACT, Direction.FORWARD);
            copy.advanceTo(Phase.PURGE);
            locks.addAll(notes.taken(Phase.PURGE, Direction.FORWARD));
            return new LockTrace(plan, locks, notes.longestStop());
        }
    }

    /** What was seen, each once, in order. */
    public List<TakenLock> locks() {
        return locks;
    }

    /** The longest time for which a transaction held a lock that stops writes, from the lock to its commit. */
    public Duration longestStop() {
        return longestStop;
    }

    /** The locks that no step of their phase names, or only in a weaker mode; reading, and what only readers of rows take, is left out. */
    public List<TakenLock> unplanned() {
        List<TakenLock> unplanned = new ArrayList<>();
        for (TakenLock lock : locks) {
            boolean reads = lock.mode().compareTo(LockMode.ROW_SHARE) <= 0;
            if (!reads && !isPlanned(lock)) {
                unplanned.add(lock);
            }
        }
        return unplanned;
    }

    private boolean isPlanned(TakenLock lock) {
        return plan.steps(lock.phase()).stream()
                .filter(step -> lock.step().isEmpty() || lock.step().getAsInt() == step.ordinal())
                .flatMap(step -> planned(step, lock.direction()).stream())
                .anyMatch(named -> named.table().quoted().equals(lock.table())
                        && named.mode().compareTo(lock.mode()) >= 0);
    }

    private static List<TableLock> planned(Step step, Direction direction) {
        return Step.locksOf(direction == Direction.FORWARD ? step.action() : step.undo());
    }

    /** A line for each lock. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        locks.forEach(lock -> text.append(lock).append('\n'));
        return text.toString();
    }
}
