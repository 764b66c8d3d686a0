package dev.migrator.pg.internal.execute;

import dev.migrator.engine.Pace;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.state.StateSql;
import dev.migrator.plan.Action;
import dev.migrator.plan.LockMode;
import dev.migrator.plan.TableLock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * Fills a table in small batches, beside whatever the application does with it.
 *
 * <ol>
 *   <li>The blocks that the table has now are a range, recorded as a chunk. Whatever is written later is written under the
 *       sync trigger, so it is filled already.
 *   <li>A range is walked over window by window, a {@link WindowFiller window} stripe by stripe. The record of how far it
 *       has come commits with the rows.
 *   <li>Rows that somebody had locked are left out. The windows with such rows become ranges of their own, to which it comes
 *       back until nothing is left in them.
 *   <li>When all ranges are done, the table is counted once more, whole; anything pending is a new range.
 *   <li>Done, unless rows have failed: these are reported, and tried again first by the next run.
 * </ol>
 *
 * <p>A table that is rewritten meanwhile is walked over again, for what is pending.
 */
final class Backfiller {
    private static final int COUNTED_BLOCKS = 1000;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    private final Task task;
    private final Action.Backfill backfill;
    private final DataSource source;
    private final StateSql sql;
    private final TransactionRunner transactions;
    private final ExecutorSettings settings;
    private final ChunkTable chunks;
    private final FailedRows failed;
    private final BatchRunner batches;
    private final FillProgress progress;
    private final WindowFiller windows;
    private final Map<Long, Leaf> leaves = new HashMap<>();
    private Duration pause = FIRST_PAUSE;

    Backfiller(
            Task task,
            Action.Backfill backfill,
            DataSource source,
            StateSql sql,
            TransactionRunner transactions,
            ExecutorSettings settings,
            Pace pace) {
        this.task = task;
        this.backfill = backfill;
        this.source = source;
        this.sql = sql;
        this.transactions = transactions;
        this.settings = settings;
        this.chunks = new ChunkTable(sql, task);
        this.failed = new FailedRows(sql, task, settings);
        this.progress = new FillProgress(task);
        this.batches = new BatchRunner(task, backfill.table(), sql, settings, pace);
        this.windows = new WindowFiller(task, backfill, batches, chunks, failed, progress, settings);
    }

    void run() {
        if (!begin()) {
            return;
        }
        Session.with(source, session -> {
            batches.learn(ServerFacts.of(session));
            failed.load(session);
            return true;
        });
        retryFailed();
        while (true) {
            List<Chunk> open = openChunks();
            if (open.isEmpty()) {
                if (!findPending()) {
                    break;
                }
                continue;
            }
            boolean moved = false;
            for (Chunk chunk : open) {
                moved |= walk(chunk);
            }
            waitForOthers(moved);
        }
        progress.report(true);
        if (!failed.isEmpty()) {
            throw failed.failure(subject(), progress.rows());
        }
        // No doneWhen: it would be a scan, and findPending() was one.
        transactions.record(task);
    }

    private String subject() {
        return "backfill of " + backfill.table();
    }

    /** Records that it is under way, with its ranges; false if it is done already. */
    private boolean begin() {
        List<String> records = new ArrayList<>(chunks.forgetUnlessBegun());
        records.add(sql.stepBegun(task.lease(), task.ordinal()));
        return transactions
                .exchange(
                        task,
                        List.of(new TableLock(backfill.table(), LockMode.ACCESS_SHARE)),
                        records,
                        List.of(chunks.create(backfill.table())),
                        Optional.of(settings.lockDeadline()))
                .isPresent();
    }

    private List<Chunk> openChunks() {
        List<Chunk> all = Session.with(source, session -> {
            leaves.clear();
            Leaf.of(session, backfill.table()).forEach(leaf -> leaves.put(leaf.oid(), leaf));
            return chunks.load(session);
        });
        progress.sees(all);
        return all.stream().filter(chunk -> !chunk.done()).toList();
    }

    /** Walks over what is left of a range; whether anything came of it. */
    private boolean walk(Chunk chunk) {
        Optional<Leaf> leaf = Optional.ofNullable(leaves.get(chunk.relation()));
        if (leaf.isEmpty()) {
            transactions.exchange(
                    task,
                    List.of(),
                    List.of(),
                    List.of(chunks.drop(chunk.relation())),
                    Optional.of(settings.lockDeadline()));
            return true;
        }
        boolean moved = false;
        long block = chunk.next();
        try {
            while (block < chunk.to()) {
                long from = block;
                long to = Math.min(chunk.to(), from + windows.size());
                moved |= Session.with(source, session -> windows.fill(session, chunk, leaf.get(), from, to));
                block = to;
            }
        } catch (RewrittenException e) {
            restart(leaf.get());
            return true;
        }
        return moved;
    }

    private void restart(Leaf leaf) {
        failed.forget(leaf.oid());
        Session.with(
                source,
                session -> batches.insist(session, leaf, () -> {
                    Message message = batches.patient().then(leaf.lock("ACCESS SHARE"));
                    return message.then(chunks.restart(leaf));
                }));
    }

    /** After a round that brought nothing, waits for those who have locked what is left. */
    private void waitForOthers(boolean moved) {
        if (moved) {
            pause = FIRST_PAUSE;
            batches.moved();
            return;
        }
        Session.with(source, session -> {
            batches.pause(session, pause);
            return true;
        });
        pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
    }

    /** Counts what is pending in the whole table; whether anything is, and is now a range of its own. */
    private boolean findPending() {
        boolean found = false;
        for (Leaf leaf : Session.with(source, session -> Leaf.of(session, backfill.table()))) {
            try {
                found |= findPending(leaf);
            } catch (RewrittenException e) {
                restart(leaf);
                found = true;
            }
        }
        return found;
    }

    private boolean findPending(Leaf leaf) {
        FillSql fill = new FillSql(backfill, leaf.name());
        boolean found = false;
        for (long from = 0; from < leaf.blocks(); from += COUNTED_BLOCKS) {
            long first = from;
            long end = Math.min(leaf.blocks(), from + COUNTED_BLOCKS);
            TidRange range = TidRange.blocks(first, end);
            String count = fill.count(range, failed.placesIn(leaf.oid(), range));
            found |= !Session.with(
                            source,
                            session -> batches.insist(session, leaf, () -> batches.patient()
                                    .then(leaf.lock("ACCESS SHARE"))
                                    .then(sql.sameFile(leaf.oid(), leaf.filenode()))
                                    .then(chunks.addIfPending(leaf, first, end, count))))
                    .isEmpty();
        }
        return found;
    }

    /** Tries each row again that failed before: somebody may have mended it. */
    private void retryFailed() {
        if (failed.isEmpty()) {
            return;
        }
        List<Chunk> all = Session.with(source, chunks::load);
        openChunks();
        for (FailedRow row : failed.all()) {
            Optional<Leaf> leaf = Optional.ofNullable(leaves.get(row.relation()));
            Optional<Chunk> chunk = all.stream()
                    .filter(candidate -> candidate.relation() == row.relation())
                    .findFirst();
            if (leaf.isEmpty() || chunk.isEmpty()) {
                continue;
            }
            try {
                Session.with(source, session -> windows.retry(session, chunk.get(), leaf.get(), row));
            } catch (RewrittenException e) {
                restart(leaf.get());
            }
        }
        if (failed.isOverBudget()) {
            throw failed.failure(subject(), progress.rows());
        }
    }
}
