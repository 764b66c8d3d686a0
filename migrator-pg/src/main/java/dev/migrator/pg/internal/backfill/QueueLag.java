package dev.migrator.pg.internal.backfill;

import dev.migrator.QualifiedName;
import dev.migrator.engine.StepState;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.state.StateSql;
import dev.migrator.plan.Action;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How far what an application computes is behind what releases write.
 *
 * @param entries how many entries wait
 * @param failing how many have failed, and are tried again from time to time
 * @param oldest how old the oldest one that waits is
 */
public record QueueLag(long entries, long failing, Duration oldest) {
    private static final Duration FRESH = Duration.ofSeconds(10);

    static QueueLag of(Row row) {
        return new QueueLag(row.number("entries"), row.number("failing"), Duration.ofSeconds(row.number("seconds")));
    }

    /** Looks at a queue. */
    public static QueueLag of(Session session, QualifiedName queue) {
        return of(session.query(ComputedSql.lag(queue)).get(0));
    }

    /** How far the open queues of a migration are behind, all together; empty if it has none. */
    public static Optional<QueueLag> open(Session session, StateSql sql, String id, List<StepState> steps) {
        List<Integer> open = OpenQueue.all(session, sql).stream()
                .filter(queue -> queue.migration().equals(id))
                .map(OpenQueue::ordinal)
                .toList();
        return steps.stream()
                .filter(state -> open.contains(state.step().ordinal()))
                .flatMap(state -> state.step().action() instanceof Action.Backfill backfill
                        ? backfill.computation().stream()
                        : Stream.empty())
                .map(computation -> of(session, computation.queue()))
                .reduce(QueueLag::plus);
    }

    private QueueLag plus(QueueLag other) {
        return new QueueLag(
                entries + other.entries,
                failing + other.failing,
                oldest.compareTo(other.oldest) > 0 ? oldest : other.oldest);
    }

    /** Whether there is nothing to compute, now or later. */
    boolean isEmpty() {
        return entries + failing == 0;
    }

    /** Whether a backfill may end. */
    boolean isFresh() {
        return oldest.compareTo(FRESH) < 0;
    }

    /** For people. */
    String text() {
        return entries + (entries == 1 ? " row waits" : " rows wait") + ", the oldest for " + oldest.toSeconds() + " s"
                + (failing > 0 ? "; " + failing + " could not be computed" : "");
    }
}
