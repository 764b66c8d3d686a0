package dev.migrator.pg.internal.execute;

import dev.migrator.QualifiedName;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.transact.Blocker;
import dev.migrator.pg.internal.transact.Blockers;
import dev.migrator.pg.internal.transact.Task;
import dev.migrator.pg.internal.transact.WaitNews;
import dev.migrator.plan.LockMode;
import dev.migrator.plan.TableLock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Tells for whom a statement waits that nothing limits: one forgotten transaction keeps it waiting for ever. Short
 * transactions, of which it meets many, are not told of.
 */
final class HoldUps {
    private static final Duration WORTH_TELLING = Duration.ofSeconds(1);

    private final long pid;
    private final Wait wait;
    private final WaitNews news;
    private Set<String> seenBefore = Set.of();

    /**
     * What a statement waits for.
     *
     * @param wanted what it is, for people
     * @param locks the weakest locks for all of whose holders it waits, where known
     * @param others what those hold who hold none of these and are in the way
     */
    record Wait(String wanted, List<TableLock> locks, String others) {
        private static final String SNAPSHOT = "a snapshot that is older than the index";

        /** {@code CREATE INDEX CONCURRENTLY}: writers, then all whose snapshots are older than the index. */
        static Wait toCreateIndex(QualifiedName table) {
            return forIndex("CREATE", table, LockMode.SHARE);
        }

        /** {@code DROP INDEX CONCURRENTLY}: whoever may use the index. */
        static Wait toDropIndex(QualifiedName table) {
            return forIndex("DROP", table, LockMode.ACCESS_EXCLUSIVE);
        }

        private static Wait forIndex(String verb, QualifiedName table, LockMode mode) {
            return new Wait(
                    "the end of older transactions (" + verb + " INDEX CONCURRENTLY on " + table.quoted() + ")",
                    List.of(new TableLock(table, mode), new TableLock(table, LockMode.SHARE_UPDATE_EXCLUSIVE)),
                    SNAPSHOT);
        }

        /** A statement of the user's. */
        static Wait toGoOn() {
            return new Wait("what its statement needs", List.of(), "what the statement waits for");
        }
    }

    /**
     * Nothing is looked at yet.
     *
     * @param pid the backend that runs the statement
     */
    HoldUps(Task task, long pid, Wait wait) {
        this.pid = pid;
        this.wait = wait;
        this.news = new WaitNews(task);
    }

    /** Looks who is in the way now; to be called by one thread at a time. */
    void look(Session session) {
        List<Blocker> blockers = Blockers.holdingUp(session, pid, wait.locks(), wait.others());
        List<Blocker> lasting = blockers.stream().filter(this::lasts).toList();
        seenBefore = blockers.stream().map(Blocker::id).collect(Collectors.toSet());
        news.tell(wait.wanted(), lasting);
    }

    /** Whose age this role may not see counts as long when it is still there at the next look. */
    private boolean lasts(Blocker blocker) {
        return blocker.age()
                .map(age -> age.compareTo(WORTH_TELLING) >= 0)
                .orElseGet(() -> seenBefore.contains(blocker.id()));
    }
}
