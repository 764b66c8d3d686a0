package dev.migrator.pg.internal.backfill;

import dev.migrator.engine.Pace;
import dev.migrator.engine.PausedException;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.state.StateSql;
import dev.migrator.pg.internal.throttle.Throttle;
import dev.migrator.pg.internal.throttle.ThrottledWorker;
import dev.migrator.pg.internal.transact.ExecutorSettings;
import dev.migrator.pg.internal.transact.ServerFacts;
import dev.migrator.pg.internal.transact.Task;
import dev.migrator.plan.Action;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes ranges of a backfill, one after the other, and fills them: the engine itself, another thread of it, or another
 * process that helps. Holds one connection while it is at a range.
 */
final class Worker {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

    private final String name;
    private final Task task;
    private final Action.Backfill backfill;
    private final DataSource source;
    private final ChunkTable chunks;
    private final FailedRows failed;
    private final BatchRunner batches;
    private final ThrottledWorker pacing;
    private final ChunkFiller filler;
    private final Optional<Computing> computing;
    private final Optional<ComputedFiller> computed;
    private final Map<Long, Leaf> leaves = new HashMap<>();
    private boolean knowsServer;

    /** What came of looking for a range to fill. */
    enum Outcome {
        /** Something was filled, or done. */
        MOVED,
        /** There is no range that nobody has, but rows of the queue were computed. */
        DRAINED,
        /** There was a range, but others have its rows. */
        IN_VAIN,
        /** There is no range that nobody has. */
        NOTHING_FREE
    }

    Worker(
            String name,
            Task task,
            Action.Backfill backfill,
            DataSource source,
            StateSql sql,
            ExecutorSettings settings,
            Throttle throttle,
            Pace pace,
            Overseer overseer) {
        this.name = name;
        this.task = task.with(new OverseenControl(task.control(), overseer));
        this.backfill = backfill;
        this.source = source;
        this.chunks = new ChunkTable(sql, task, settings);
        this.failed = new FailedRows(sql, task, settings, backfill.table());
        this.batches = new BatchRunner(this.task, name, chunks, backfill.table(), sql, settings, pace);
        this.pacing = throttle.worker(name);
        this.filler = new ChunkFiller(
                this.task,
                backfill,
                batches,
                chunks,
                failed,
                overseer,
                throttle,
                pacing,
                new Striping(System::nanoTime));
        this.computing = backfill.computation()
                .map(what -> new Computing(this.task, backfill.table(), what, failed, sql, settings, pace));
        this.computed = computing
                .flatMap(Computing::calls)
                .map(calls -> new ComputedFiller(
                        this.task,
                        backfill,
                        batches,
                        chunks,
                        overseer,
                        throttle,
                        pacing,
                        name,
                        calls,
                        computing.flatMap(Computing::queue).orElseThrow(),
                        failed));
    }

    BatchRunner batches() {
        return batches;
    }

    ChunkTable chunks() {
        return chunks;
    }

    FailedRows failed() {
        return failed;
    }

    /** Takes the next range that is free and fills it. */
    Outcome next() {
        pacing.await(task.control());
        if (computing.isPresent() && computed.isEmpty()) {
            return Outcome.NOTHING_FREE;
        }
        Optional<Chunk> claimed = Session.with(source, this::claim);
        if (claimed.isEmpty()) {
            return computed.isPresent() && isDrained(computed.get()) ? Outcome.DRAINED : Outcome.NOTHING_FREE;
        }
        Chunk chunk = claimed.get();
        Optional<Leaf> leaf = leaf(chunk.relation());
        if (leaf.isEmpty()) {
            drop(chunk);
            return Outcome.MOVED;
        }
        try {
            boolean moved = Session.with(
                    source,
                    session -> computed.isPresent()
                            ? computed.get().fill(session, chunk, leaf.get())
                            : filler.fill(session, chunk, leaf.get()));
            return moved ? Outcome.MOVED : Outcome.IN_VAIN;
        } catch (RewrittenException e) {
            restart(leaf.get());
        } catch (ChunkLostException e) {
            LOG.debug("Migration {}: range {} was taken from {}", task.lease().migration(), chunk.number(), name);
        } catch (LeafGoneException e) {
            checkIsGone(leaf.get(), e);
            giveBack(chunk);
        } catch (HeldBackException e) {
            giveBack(chunk);
        } catch (PausedException | StoppedException e) {
            giveBack(chunk);
            throw e;
        }
        return Outcome.MOVED;
    }

    /** What the application computes, if it is that. */
    Optional<Computing> computing() {
        return computing;
    }

    /** Whether there was a batch of the queue to compute. */
    private boolean isDrained(ComputedFiller filling) {
        try {
            return Session.with(source, filling::drain);
        } catch (HeldBackException e) {
            return false;
        }
    }

    private Optional<Chunk> claim(Session session) {
        if (!knowsServer) {
            batches.learn(ServerFacts.of(session));
            knowsServer = true;
        }
        List<Row> claimed = batches.insist(
                session, Optional.empty(), () -> batches.patient().then(chunks.claim(name)));
        if (claimed.isEmpty()) {
            return Optional.empty();
        }
        failed.load(session);
        return Optional.of(Chunk.of(claimed.get(0)));
    }

    private Optional<Leaf> leaf(long relation) {
        if (!leaves.containsKey(relation)) {
            leaves.clear();
            leaves().forEach(leaf -> leaves.put(leaf.oid(), leaf));
        }
        return Optional.ofNullable(leaves.get(relation));
    }

    /** The table, or its partitions, as they are now. */
    List<Leaf> leaves() {
        return Session.with(source, session -> Leaf.of(session, backfill.table()));
    }

    /** Throws what the server said unless a table or partition is really no longer there under its name. */
    void checkIsGone(Leaf leaf, LeafGoneException e) {
        leaves.clear();
        if (leaf(leaf.oid()).filter(now -> now.name().equals(leaf.name())).isPresent()) {
            throw e.otherwise();
        }
    }

    private void drop(Chunk chunk) {
        Session.with(
                source,
                session -> batches.insist(
                        session, Optional.empty(), () -> batches.patient().then(chunks.drop(chunk.relation()))));
    }

    /** Walks over a table again, from its beginning, since its rows have changed place. */
    void restart(Leaf leaf) {
        failed.forget(leaf.oid());
        leaves.clear();
        try {
            Session.with(
                    source,
                    session -> batches.insist(session, Optional.of(leaf), () -> batches.patient()
                            .then(leaf.lock("ACCESS SHARE"))
                            .then(chunks.restart(leaf))));
        } catch (LeafGoneException e) {
            LOG.debug("{} was rewritten and is gone", leaf.name(), e);
        }
    }

    private void giveBack(Chunk chunk) {
        try (Session session = Session.open(source)) {
            batches.patient().then(chunks.release(chunk, name)).send(session);
        } catch (SQLException | RuntimeException e) {
            LOG.debug("Range {} was not given back; its lease runs out", chunk.number(), e);
        }
    }

    /** What tries rows again that failed before. */
    RowRetry retry() {
        return new RowRetry(backfill, batches, chunks, failed);
    }

    /**
     * Tries a row again that failed before.
     *
     * @param patiently whether to wait for it if somebody has it
     * @return whether that is settled; if not, somebody has it
     */
    boolean retry(FailedRow row, Overseer overseer, boolean patiently) {
        Optional<Leaf> leaf = leaf(row.relation());
        if (leaf.isEmpty()) {
            return true;
        }
        try {
            RowRetry.Outcome outcome = Session.with(source, session -> {
                batches.checkpoint();
                pacing.await(task.control());
                overseer.beforeBatch(session);
                return patiently ? retry().patiently(session, leaf.get(), row) : retry().once(session, leaf.get(), row);
            });
            overseer.filled(outcome == RowRetry.Outcome.FILLED ? 1 : 0);
            return outcome != RowRetry.Outcome.LOCKED;
        } catch (RewrittenException e) {
            restart(leaf.get());
        } catch (LeafGoneException e) {
            checkIsGone(leaf.get(), e);
        }
        return true;
    }
}
