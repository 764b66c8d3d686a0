package dev.migrator.pg.internal.throttle;

import dev.migrator.BackfillSettings;
import dev.migrator.QualifiedName;
import dev.migrator.engine.Lease;
import dev.migrator.engine.LeaseLostException;
import dev.migrator.engine.Pace;
import dev.migrator.engine.StepControl;
import dev.migrator.engine.StepFailure;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.sql.SqlErrors;
import dev.migrator.pg.internal.state.StateSql;
import dev.migrator.pg.internal.throttle.Decision.Candidate;
import dev.migrator.plan.Step;
import dev.migrator.throttle.ThrottleAnswer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides how fast a backfill goes, for all its workers in this process.
 *
 * <ol>
 *   <li>Between two batches a worker asks; about once a second the one that comes first looks, on a connection of its own, at
 *       the knobs and at each signal that is on. The others go on by the decision before.
 *   <li>The strictest answer is the decision. What was asked for and can't be observed is a stop, and so is a decision that
 *       nobody could renew.
 *   <li>A worker that is slowed down rests between batches; one that is stopped waits in short steps, at each of which a pause
 *       ends it. It holds no transaction meanwhile.
 * </ol>
 *
 * <p>Safe for use by many threads.
 */
public final class Throttle implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Throttle.class);
    private static final Duration SOON = Duration.ofMillis(200);
    private static final int SOON_LOOKS = 10;
    private static final Duration STALE = Duration.ofSeconds(10);

    private final DataSource source;
    private final QualifiedName table;
    private final Lease lease;
    private final Step step;
    private final ThrottleSetup setup;
    private final Ours ours;
    private final Pace pace;
    private final WorkerTable records;
    private final Signals signals = new Signals();
    private final OwnSignals own;
    private final KnobReader knobs;
    private final StopNews news;
    private final List<ThrottledWorker> workers = new CopyOnWriteArrayList<>();
    private final ReentrantLock looking = new ReentrantLock();
    private volatile BackfillSettings settings;
    private volatile Optional<Decision> decided = Optional.empty();
    private volatile long lookedAt;
    private volatile long lookAgainAt;
    private Optional<String> knobProblem = Optional.empty();
    private String topic = Decision.NORMAL.topic();
    private String told = "";
    private int looks;

    /**
     * A throttle of one run of a step; nothing is looked at yet.
     *
     * @param source connections, of which it takes one at a time for itself
     * @param sql the state schema
     * @param lease under which the step runs
     * @param step the step
     * @param table the table that it fills
     * @param setup settings and signals
     * @param pace how it waits
     */
    public Throttle(
            DataSource source,
            StateSql sql,
            Lease lease,
            Step step,
            QualifiedName table,
            ThrottleSetup setup,
            Pace pace) {
        this.source = source;
        this.table = table;
        this.lease = lease;
        this.step = step;
        this.setup = setup;
        this.pace = pace;
        this.ours = new Ours(sql, lease.migration());
        this.records = new WorkerTable(source, sql, lease, step, setup.release());
        this.own = new OwnSignals(setup.own(), setup.timing().own());
        this.knobs = new KnobReader(lease.migration(), setup.settings());
        this.news = new StopNews(setup.timing().news());
        this.settings = setup.settings();
    }

    /** The settings that hold now: those of the file, with the knobs over them as they were at the last look. */
    public BackfillSettings current() {
        return settings;
    }

    /** A worker, which has to ask before each batch. Its name is its own in the whole database. */
    public ThrottledWorker worker(String name) {
        ThrottledWorker worker = new ThrottledWorker(this, name, records, pace);
        workers.add(worker);
        return worker;
    }

    /**
     * The decision for now; looks if it is time to.
     *
     * @throws LeaseLostException if the migration is another engine's by now, as far as the look found out
     */
    Decision next(StepControl control) {
        boolean due = decided.isEmpty() || System.nanoTime() - lookAgainAt >= 0;
        if (due && (decided.isEmpty() ? lock() : looking.tryLock())) {
            try {
                if (decided.isEmpty() || System.nanoTime() - lookAgainAt >= 0) {
                    look(control);
                }
            } finally {
                looking.unlock();
            }
        }
        return decided.filter(decision -> System.nanoTime() - lookedAt < stale())
                .orElseGet(this::undecided);
    }

    private boolean lock() {
        looking.lock();
        return true;
    }

    private long stale() {
        return Math.max(STALE.toNanos(), 5 * setup.timing().looks().toNanos());
    }

    /** Somebody has begun to look and hangs; a default that can't be observed stops nobody. */
    private Decision undecided() {
        boolean asked = !setup.own().isEmpty() || settings.effectiveThrottle().asksAnything();
        return asked
                ? new Decision(
                        "looks",
                        ThrottleAnswer.stop("the signals have not answered for "
                                + Duration.ofNanos(System.nanoTime() - lookedAt).toSeconds() + " s"))
                : Decision.NORMAL;
    }

    private void look(StepControl control) {
        List<Candidate> answers = new ArrayList<>();
        try (Session session = Session.open(source)) {
            Look look = new Look(session, table, ours, setup.clock().instant());
            readKnobs(look);
            answers.addAll(signals.ask(look, settings.effectiveThrottle()));
        } catch (StepFailure e) {
            answers.addAll(signals.unreachable(settings.effectiveThrottle(), String.valueOf(e.getMessage())));
        }
        knobProblem.ifPresent(problem -> answers.add(new Candidate("knobs", ThrottleAnswer.stop(problem))));
        answers.addAll(own.ask());
        Decision decision = Decision.of(answers);
        long now = System.nanoTime();
        boolean soon = (signals.anyUrgent() || (signals.anyUnknown() && looks++ < SOON_LOOKS))
                && SOON.compareTo(setup.timing().looks()) < 0;
        lookAgainAt = now + (soon ? SOON : setup.timing().looks()).toNanos();
        lookedAt = now;
        decided = Optional.of(decision);
        tell(decision, control);
        record(decision, now);
    }

    private void readKnobs(Look look) {
        try {
            Row row = look.row(Basics.query(ours));
            KnobReader.Result result = knobs.read(row.texts("knob_keys"), row.texts("knob_values"));
            settings = result.settings();
            knobProblem = result.problem();
        } catch (SQLException e) {
            LOG.debug("The knobs could not be read; they stay as they were: {}", SqlErrors.describe(e));
        }
    }

    private void tell(Decision decision, StepControl control) {
        String text = decision.describe();
        if (!decision.topic().equals(topic)) {
            topic = decision.topic();
            LOG.info(
                    "Migration {}, step {}: {}",
                    lease.migration(),
                    step.ordinal(),
                    text.isEmpty() ? "at full pace again" : text);
            if (decision.stops()) {
                control.waits(decision.reason());
            }
        }
        if (!text.equals(told)) {
            told = text;
            control.paced(text);
        }
    }

    private void record(Decision decision, long now) {
        news.see(decision.stops(), decision.reason(), now)
                .filter(records::append)
                .ifPresent(line -> news.told(decision.reason(), now));
    }

    /** Ends the throttle: takes away what people see of its workers. */
    @Override
    public void close() {
        own.close();
        List<String> shown = workers.stream()
                .filter(ThrottledWorker::isShown)
                .map(ThrottledWorker::name)
                .toList();
        if (!shown.isEmpty()) {
            records.remove(shown);
        }
        try {
            news.end(System.nanoTime()).ifPresent(records::append);
        } catch (LeaseLostException e) {
            LOG.debug("That it went on is not told: the migration is another engine's", e);
        }
    }
}
