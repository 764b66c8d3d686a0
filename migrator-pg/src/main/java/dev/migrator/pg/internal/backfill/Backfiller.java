package dev.migrator.pg.internal.backfill;

import dev.migrator.engine.Pace;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.state.StateSql;
import dev.migrator.pg.internal.throttle.Throttle;
import dev.migrator.pg.internal.throttle.ThrottleSetup;
import dev.migrator.pg.internal.transact.ExecutorSettings;
import dev.migrator.pg.internal.transact.Task;
import dev.migrator.pg.internal.transact.TransactionRunner;
import dev.migrator.plan.Action;
import dev.migrator.plan.LockMode;
import dev.migrator.plan.TableLock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * Fills a table in small batches, beside whatever the application does with it.
 *
 * <ol>
 *   <li>The blocks that the table has now are cut into ranges, which are recorded. Whatever is written later is written under
 *       the sync trigger, so it is filled already.
 *   <li>{@link Worker Workers}, of this process and of others, take ranges and {@link ChunkFiller fill} them. The record of
 *       how far a range has come commits with its rows.
 *   <li>A range with rows that somebody had locked is given back, and visited again until nothing is left in it.
 *   <li>When all ranges are done, the table is counted once more, whole; anything pending is a new range.
 *   <li>Done, unless rows have failed: these are reported, and tried again first by the next run.
 * </ol>
 *
 * <p>A table that is rewritten meanwhile is walked over again, for what is pending.
 */
public final class Backfiller implements Overseer {
    private static final int COUNTED_BLOCKS = 2048;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    private final Task task;
    private final Action.Backfill backfill;
    private final DataSource source;
    private final StateSql sql;
    private final TransactionRunner transactions;
    private final ExecutorSettings settings;
    private final Pace pace;
    private final String name = UUID.randomUUID().toString();
    private final Throttle throttle;
    private final Worker leader;
    private final FillProgress progress;
    private Duration pause = FIRST_PAUSE;
    private boolean toldOfTransform;
    private boolean toldOfLag;

    public Backfiller(
            Task task,
            Action.Backfill backfill,
            DataSource source,
            StateSql sql,
            TransactionRunner transactions,
            ExecutorSettings settings,
            Pace pace,
            ThrottleSetup setup) {
        this.task = task.with(new SharedControl(task.control()));
        this.backfill = backfill;
        this.source = source;
        this.sql = sql;
        this.transactions = transactions;
        this.settings = settings;
        this.pace = pace;
        this.throttle = new Throttle(source, sql, task.lease(), task.step(), backfill.table(), setup, pace);
        this.leader = worker(1, this);
        this.progress = new FillProgress(this.task, leader.chunks());
    }

    private Worker worker(int number, Overseer overseer) {
        String owner = task.lease().owner() + "/" + name + "/" + number;
        return new Worker(owner, task, backfill, source, sql, settings, throttle, pace, overseer);
    }

    /** What forgets how far a backfill has come. */
    public static List<String> forget(StateSql sql, Task task) {
        return ChunkTable.forget(sql, task);
    }

    public void run() {
        try (throttle) {
            fill();
        }
    }

    private void fill() {
        if (!begin()) {
            return;
        }
        loadFailed();
        List<FailedRow> locked = retryFailed();
        do {
            fillAll();
        } while (findPending());
        Session.with(source, progress::read);
        progress.tell();
        loadFailed();
        locked.stream().filter(leader.failed().all()::contains).forEach(row -> leader.retry(row, this, true));
        if (!leader.failed().isEmpty()) {
            throw leader.failed().failure(progress.rows() + " rows are filled, and stay so");
        }
        // No doneWhen: it would be a scan, and findPending() was one.
        transactions.record(task);
    }

    /** Records that it is under way, with its ranges; false if it is done already. */
    private boolean begin() {
        ChunkTable chunks = leader.chunks();
        List<String> records = new ArrayList<>(chunks.forgetUnlessBegun());
        records.add(sql.stepBegun(task.lease(), task.ordinal()));
        return transactions
                .exchange(
                        task,
                        List.of(new TableLock(backfill.table(), LockMode.ACCESS_SHARE)),
                        records,
                        List.of(chunks.freeAll(), chunks.create(backfill.table())),
                        Optional.of(settings.lockDeadline()))
                .isPresent();
    }

    @Override
    public void beforeBatch(Session session) {
        progress.tick(session);
    }

    @Override
    public void filled(long rows) {
        progress.filled(rows);
    }

    /** Works with all others until no range is left. */
    private void fillAll() {
        try (Crew crew = new Crew(this::worker, pace)) {
            while (true) {
                task.control().checkpoint();
                crew.resize(throttle.current().workers() - 1);
                Worker.Outcome outcome = leader.next();
                boolean drained = outcome == Worker.Outcome.DRAINED && (othersAreAtWork() || isBehind());
                if (outcome == Worker.Outcome.MOVED || drained) {
                    pause = FIRST_PAUSE;
                } else if (isForOthersToCompute()) {
                    waitForTransform();
                } else if (outcome == Worker.Outcome.IN_VAIN || othersAreAtWork() || isBehind()) {
                    pauseForOthers();
                } else {
                    return;
                }
            }
        }
    }

    /** Whether something is left, and this process does not have the application's function for it. */
    private boolean isForOthersToCompute() {
        return leader.computing()
                        .filter(computing -> computing.calls().isEmpty())
                        .isPresent()
                && (othersAreAtWork() || isBehind());
    }

    private void waitForTransform() {
        if (!toldOfTransform) {
            toldOfTransform = true;
            leader.computing().ifPresent(computing -> task.control().waits(computing.missing()));
        }
        // Whoever computes them may have stopped since too many have failed.
        loadFailed();
        leader.failed().checkBudget();
        pace.pause(FIRST_PAUSE.multipliedBy(5));
    }

    /** Whether what the application computes is too far behind what releases write. */
    private boolean isBehind() {
        Optional<String> lag = lag();
        if (!toldOfLag && lag.isPresent()) {
            toldOfLag = true;
            task.control().waits(lag.get());
        }
        return lag.isPresent();
    }

    /** How far it is too far behind; empty if it is not. */
    private Optional<String> lag() {
        return leader.computing()
                .map(computing -> Session.with(source, computing::lag))
                .filter(lag -> !lag.isFresh())
                .map(lag -> "what the application computes is behind what releases write: " + lag.text());
    }

    /** Whether ranges are left, all of which others have; what those do is progress, too. */
    private boolean othersAreAtWork() {
        long before = progress.rows();
        FillSummary now = Session.with(source, progress::read);
        if (now.rows() > before) {
            leader.batches().moved();
            pause = FIRST_PAUSE;
        }
        return now.open() > 0;
    }

    /** After a round that brought nothing, waits for those who have locked what is left, or write it all the time. */
    private void pauseForOthers() {
        Optional<String> left = lag();
        Session.with(source, session -> {
            leader.batches().pause(session, pause, left);
            return true;
        });
        pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
    }

    /** Counts what is pending in the whole table; whether anything is, and is now a range of its own. */
    private boolean findPending() {
        loadFailed();
        boolean found = false;
        for (Leaf leaf : leader.leaves()) {
            try {
                found |= findPending(leaf);
            } catch (RewrittenException e) {
                leader.restart(leaf);
                found = true;
            } catch (LeafGoneException e) {
                leader.checkIsGone(leaf, e);
                found = true;
            }
        }
        return found;
    }

    private boolean findPending(Leaf leaf) {
        FillSql fill = new FillSql(backfill, leaf.name());
        BatchRunner batches = leader.batches();
        boolean found = false;
        for (long from = 0; from < leaf.blocks(); from += COUNTED_BLOCKS) {
            long first = from;
            long end = Math.min(leaf.blocks(), from + COUNTED_BLOCKS);
            TidRange range = TidRange.blocks(first, end);
            String count = fill.count(range, leader.failed().placesIn(leaf.oid(), range));
            found |= !Session.with(
                            source,
                            session -> batches.insist(session, leaf, () -> batches.patient()
                                    .then(leaf.lock("ACCESS SHARE"))
                                    .then(sql.sameFile(leaf.oid(), leaf.filenode()))
                                    .then(leader.chunks().addIfPending(leaf, first, end, count))))
                    .isEmpty();
        }
        return found;
    }

    private void loadFailed() {
        Session.with(source, session -> {
            leader.failed().load(session);
            return true;
        });
    }

    /** Tries each row again that failed before: somebody may have mended it. Those that somebody has locked are left. */
    private List<FailedRow> retryFailed() {
        if (leader.computing().isPresent()) {
            Session.with(source, session -> {
                leader.computing().get().retryFailed(session, settings);
                return true;
            });
            loadFailed();
            return List.of();
        }
        List<FailedRow> locked = leader.failed().all().stream()
                .filter(row -> !leader.retry(row, this, false))
                .toList();
        leader.failed().checkBudget();
        return locked;
    }
}
