package dev.migrator.pg.internal.execute;

import dev.migrator.engine.Pace;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.state.StateSql;
import dev.migrator.pg.internal.transact.Blocker;
import dev.migrator.pg.internal.transact.Blockers;
import dev.migrator.pg.internal.transact.ExecutorSettings;
import dev.migrator.pg.internal.transact.Failures;
import dev.migrator.pg.internal.transact.Ladder;
import dev.migrator.pg.internal.transact.LockedMessage;
import dev.migrator.pg.internal.transact.Message;
import dev.migrator.pg.internal.transact.ServerFacts;
import dev.migrator.pg.internal.transact.Task;
import dev.migrator.pg.internal.transact.TransactionRunner;
import dev.migrator.pg.internal.transact.WaitNews;
import dev.migrator.plan.Action;
import dev.migrator.plan.TableLock;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs statements that scan a table, in one transaction without any time limit, under locks that stop neither reads nor
 * writes. Whoever blocks it is waited for, as long as it takes, unless somebody asks for a pause: then the scan is cancelled
 * and done anew later.
 */
final class ScanRunner {
    private static final Logger LOG = LoggerFactory.getLogger(ScanRunner.class);

    // The scan of an engine that died would keep the next one from taking over until it ends. Not every platform can.
    private static final String END_WITH_CLIENT =
            """
            SELECT pg_catalog.set_config('client_connection_check_interval', '5s', true)
            WHERE pg_catalog.version() !~* 'visual|mingw|windows'""";

    private final DataSource source;
    private final StateSql sql;
    private final ExecutorSettings settings;
    private final Pace pace;

    ScanRunner(DataSource source, StateSql sql, ExecutorSettings settings, Pace pace) {
        this.source = source;
        this.sql = sql;
        this.settings = settings;
        this.pace = pace;
    }

    void run(Task task, Action.Scan scan) {
        for (TableLock lock : scan.locks()) {
            if (lock.mode().hurtsApplications()) {
                throw new IllegalArgumentException("a scan must not take " + lock);
            }
        }
        Ladder ladder = new Ladder(settings, scan.locks(), Optional.empty());
        WaitNews news = new WaitNews(task);
        while (true) {
            long begun = System.nanoTime();
            Optional<Duration> pause = Session.with(source, session -> attempt(session, task, scan, ladder, news));
            if (pause.isEmpty()) {
                return;
            }
            ladder.spend(Duration.ofNanos(System.nanoTime() - begun).plus(pause.get()));
            pace.pause(pause.get());
            task.control().checkpoint();
        }
    }

    /** Tries once; the pause before the next try, empty when it is done. */
    private Optional<Duration> attempt(Session session, Task task, Action.Scan scan, Ladder ladder, WaitNews news) {
        ServerFacts facts = ServerFacts.of(session);
        List<Blocker> blockers = Blockers.find(session, scan.locks());
        ladder.sees(blockers);
        news.tell(ladder.wanted(), ladder.lasting(blockers));
        long begun = System.nanoTime();
        Watchdog watchdog = new Watchdog(session, task, pace, () -> report(task, begun));
        try (watchdog) {
            message(facts, task, scan, ladder).send(session);
            return Optional.empty();
        } catch (SQLException e) {
            if (Failures.isAlreadyDone(e)) {
                return Optional.empty();
            }
            watchdog.pause().ifPresent(pause -> {
                throw pause;
            });
            if (!Failures.isWorthAnotherTry(e)) {
                throw Failures.of(task, e);
            }
            LOG.debug("Migration {}, step {}: a try failed", task.lease().migration(), task.ordinal(), e);
            return Optional.of(ladder.pauseAfter(e, Duration.ZERO));
        }
    }

    private Message message(ServerFacts facts, Task task, Action.Scan scan, Ladder ladder) {
        Message message = Message.limitedTo(Duration.ZERO).then(END_WITH_CLIENT);
        if (facts.limitsTransactions()) {
            message.set("transaction_timeout", Duration.ZERO);
        }
        message.then(sql.fence(task.lease()))
                .then(task.recorded(sql))
                .then(TransactionRunner.waited(sql, task, ladder))
                .set("lock_timeout", facts.gentleWait());
        scan.locks().forEach(lock -> message.then(LockedMessage.statement(lock, lock.mode())));
        message.then(scan.statements());
        if (!task.doneWhen().isEmpty()) {
            message.then(sql.ensure(task.doneWhen(), task.step().title()));
        }
        return message;
    }

    private static void report(Task task, long begun) {
        Duration since = Duration.ofNanos(System.nanoTime() - begun);
        LOG.debug(
                "Migration {}, step {} scans for {} now",
                task.lease().migration(),
                task.ordinal(),
                Failures.text(since));
    }
}
