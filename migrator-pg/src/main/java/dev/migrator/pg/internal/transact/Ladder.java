package dev.migrator.pg.internal.transact;

import dev.migrator.engine.StepFailure;
import dev.migrator.pg.internal.sql.SqlErrors;
import dev.migrator.plan.TableLock;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;

/**
 * When to try for a lock, and for how long each time.
 *
 * <ol>
 *   <li>Before each try: who is in the way? While it is somebody who will not be gone within the time of a try (a
 *       transaction, prepared or not, that is open for seconds, a vacuum against wraparound, an index build), nothing is
 *       tried, so that nobody queues behind a try that is hopeless.
 *   <li>A try waits 50 ms, after every second failure twice as long, never longer than the stall that is allowed.
 *   <li>Between tries a pause of random length, from up to 100 ms to up to 10 s.
 *   <li>All of it ends at a deadline, with the names of those in the way; never with a last try without a limit.
 * </ol>
 *
 * <p>Not thread-safe; one for each step that is run.
 */
public final class Ladder {
    private static final Duration FIRST_STALL = Duration.ofMillis(50);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final Duration LONGEST_LOOK = Duration.ofSeconds(2);
    private static final Duration WORTH_TELLING = Duration.ofSeconds(1);
    private static final int MOST_SLOW_TRIES = 5;
    private static final int MOST_NAMED = 5;

    private final ExecutorSettings settings;
    private final List<TableLock> locks;
    private final Optional<Duration> deadline;
    private final Map<String, Duration> firstSeen = new HashMap<>();
    private List<Blocker> lastSeen = List.of();
    private Duration spent = Duration.ZERO;
    private int tries;
    private int looks;
    private int slowTries;

    /** A ladder for a step's locks; without a deadline only if they stop nobody. */
    public Ladder(ExecutorSettings settings, List<TableLock> locks, Optional<Duration> deadline) {
        this.settings = settings;
        this.locks = List.copyOf(locks);
        this.deadline = deadline;
    }

    /** How long the next try may keep others waiting. */
    public Duration stall() {
        Duration wait = FIRST_STALL.multipliedBy(1L << Math.min(tries / 2, 10));
        return wait.compareTo(settings.maxStall()) > 0 ? settings.maxStall() : wait;
    }

    /** Takes note of who is in the way now. */
    public void sees(List<Blocker> blockers) {
        Set<String> present = blockers.stream().map(Blocker::id).collect(Collectors.toSet());
        firstSeen.keySet().retainAll(present);
        present.forEach(id -> firstSeen.putIfAbsent(id, spent));
        if (!blockers.isEmpty()) {
            lastSeen = blockers;
        }
    }

    /** Those of them for whose end a try would wait in vain. */
    public List<Blocker> hopeless(List<Blocker> blockers) {
        return blockers.stream().filter(this::isHopeless).toList();
    }

    /** Those of them who have been in the way for a while, so that people are told. */
    public List<Blocker> lasting(List<Blocker> blockers) {
        return blockers.stream()
                .filter(blocker -> watched(blocker).compareTo(WORTH_TELLING) >= 0 || isHopeless(blocker))
                .toList();
    }

    private Duration watched(Blocker blocker) {
        return spent.minus(firstSeen.getOrDefault(blocker.id(), spent));
    }

    /** What is waited for, for people. */
    public String wanted() {
        return locks.isEmpty()
                ? "a lock that its statements need"
                : locks.stream().map(TableLock::toString).collect(Collectors.joining(", "));
    }

    private boolean isHopeless(Blocker blocker) {
        return switch (blocker.kind()) {
            case WRAPAROUND_VACUUM, INDEX_BUILD -> true;
            case AUTOVACUUM -> false;
            case TRANSACTION, PREPARED -> {
                // Who may not see how old a transaction is can still watch it grow old.
                Duration watched = watched(blocker);
                Duration age = blocker.age()
                        .filter(known -> known.compareTo(watched) > 0)
                        .orElse(watched);
                yield age.compareTo(settings.patience()) >= 0;
            }
        };
    }

    /** Counts time that went by. */
    public void spend(Duration time) {
        spent = spent.plus(time);
    }

    public Duration spent() {
        return spent;
    }

    /** Who was in the way when somebody last was, for people; empty if nobody ever was. */
    public String blockedBy() {
        return lastSeen.stream().limit(MOST_NAMED).map(Blocker::describe).collect(Collectors.joining("; "));
    }

    /** The pause after a look that made a try look hopeless. */
    public Duration pauseAfterLook() {
        return pause(looks++, LONGEST_LOOK);
    }

    /**
     * The pause after a failed try.
     *
     * @param took how long the try took
     * @throws StepFailure if the statements themselves were too slow again and again
     */
    public Duration pauseAfter(SQLException failure, Duration took) {
        boolean hurting = locks.stream().anyMatch(lock -> lock.mode().hurtsApplications());
        Duration limit = hurting ? settings.maxHold() : settings.statementLimit();
        // One that was cancelled much sooner was still waiting for its locks.
        boolean slow = SqlErrors.state(failure).equals(SqlErrors.QUERY_CANCELED)
                && took.multipliedBy(10).compareTo(limit.multipliedBy(9)) >= 0;
        slowTries = slow ? slowTries + 1 : 0;
        if (slowTries >= MOST_SLOW_TRIES) {
            throw Failures.permanent(
                    SqlErrors.QUERY_CANCELED,
                    "the server cancelled the step's statements " + slowTries + " times in a row, the last time with: "
                            + SqlErrors.describe(failure)
                            + ". They may take " + Failures.text(limit)
                            + (hurting ? " in all, under locks that hurt" : " each")
                            + ". Nothing was changed. Run migrate again when the server is less busy; if it"
                            + " happens again, these statements are no short ones on this table.",
                    failure);
        }
        return pause(tries++, LONGEST_PAUSE);
    }

    private static Duration pause(int before, Duration longest) {
        Duration most = FIRST_PAUSE.multipliedBy(1L << Math.min(before, 10));
        long cap = Math.min(most.toMillis(), longest.toMillis());
        return Duration.ofMillis(1 + ThreadLocalRandom.current().nextLong(cap));
    }

    /**
     * Does nothing before the deadline.
     *
     * @throws StepFailure after it, naming those in the way
     */
    public void checkDeadline() {
        if (deadline.isPresent() && spent.compareTo(deadline.get()) >= 0) {
            throw Failures.permanent(SqlErrors.LOCK_NOT_AVAILABLE, report(deadline.get()));
        }
    }

    private String report(Duration limit) {
        StringBuilder text = new StringBuilder("could not get ")
                .append(wanted())
                .append(" within ")
                .append(Failures.text(limit))
                .append(": ");
        text.append(
                tries == 0
                        ? "nothing was tried, because somebody was in the way all the time"
                        : tries + (tries == 1 ? " try" : " tries") + " of at most " + Failures.text(stall()) + " each");
        text.append(", ").append(looks).append(looks == 1 ? " wait" : " waits").append(" without trying.\n");
        if (lastSeen.isEmpty()) {
            text.append("No one held a lock in the way for long: the tables are just busy.");
        } else {
            text.append("In the way:");
            lastSeen.stream().limit(MOST_NAMED).forEach(blocker -> text.append("\n  ")
                    .append(blocker.describe()));
            if (lastSeen.size() > MOST_NAMED) {
                text.append("\n  and ").append(lastSeen.size() - MOST_NAMED).append(" more");
            }
        }
        text.append("\nNothing was changed, and nothing waits for a lock any more. ");
        Set<String> remedies = lastSeen.stream()
                .limit(MOST_NAMED)
                .flatMap(blocker -> blocker.remedy().stream())
                .collect(Collectors.toCollection(LinkedHashSet::new));
        if (lastSeen.isEmpty()) {
            text.append("Choose a quieter time");
        } else {
            text.append("Wait until they have ended");
            text.append(remedies.isEmpty() ? "" : " or end them (" + String.join("; ", remedies) + ")");
        }
        return text.append(", then run migrate again.").toString();
    }
}
