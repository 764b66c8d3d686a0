package dev.migrator.pg.internal.transact;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Tells for whom a step waits: once, and again when somebody else has come. */
public final class WaitNews {
    private static final int MOST_NAMED = 5;

    private final Task task;
    private final Set<String> told = new HashSet<>();

    public WaitNews(Task task) {
        this.task = task;
    }

    /**
     * Tells of those who are not told of yet.
     *
     * @param wanted what it waits for
     * @param blockers those who have been in the way for a while
     */
    public void tell(String wanted, Collection<Blocker> blockers) {
        List<String> ids = blockers.stream().map(Blocker::id).toList();
        boolean news = !told.containsAll(ids);
        told.retainAll(ids);
        told.addAll(ids);
        if (!news) {
            return;
        }
        int more = blockers.size() - MOST_NAMED;
        task.control()
                .waits(wanted + ", in the way: "
                        + blockers.stream()
                                .limit(MOST_NAMED)
                                .map(Blocker::describe)
                                .collect(Collectors.joining("; "))
                        + (more > 0 ? "; and " + more + " more" : ""));
    }
}
