package dev.migrator.pg.internal.release;

import dev.migrator.Shape;
import dev.migrator.engine.StepFailure;
import dev.migrator.pg.internal.release.InstanceTable.Known;
import dev.migrator.pg.internal.release.InstanceTable.Recorded;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.sql.SqlErrors;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;

/** What is on record of one instance, and where the migrations stand as it was last told. Safe for use by many threads. */
public final class Registration {
    private final String id;
    private final String release;
    private final DataSource source;
    private final InstanceTable table;
    private final List<Known> known;
    private final Safety safety;
    private final Duration leaseTime;
    private volatile boolean advances;
    private final Map<String, Standing> standings = new ConcurrentHashMap<>();
    private final Map<String, Long> acknowledged = new ConcurrentHashMap<>();
    private final AtomicBoolean tablesChanged = new AtomicBoolean();
    private volatile List<String> advice = List.of();
    private volatile boolean enters;
    private volatile OwnLease lease = OwnLease.none();

    /**
     * Of an instance that is not registered yet.
     *
     * @param id what tells it from all others
     * @param known the migrations that it knows
     * @param safety whether the schema is safe for it
     * @param advances whether it takes migrations forward in the background
     */
    public Registration(
            String id,
            String release,
            DataSource source,
            InstanceTable table,
            List<Known> known,
            Safety safety,
            Duration leaseTime,
            boolean advances) {
        this.id = id;
        this.release = release;
        this.source = source;
        this.table = table;
        this.known = List.copyOf(known);
        this.safety = safety;
        this.leaseTime = leaseTime;
        this.advances = advances;
    }

    /** What tells it from all other instances. */
    public String id() {
        return id;
    }

    /**
     * Registers, or registers anew: one statement. An instance for which the schema is not safe is not registered.
     *
     * @return why it is not; none: it is
     */
    public List<String> register() {
        OwnLease lasts = OwnLease.of(leaseTime);
        List<Recorded> records = ask("the instance could not be registered", session -> {
            advice = Pools.advice(session.connection());
            return table.register(session, id, release, leaseTime, advances, enters, known);
        });
        see(records.stream().map(Recorded::standing).toList());
        List<String> problems = safety.problems(records);
        if (!problems.isEmpty()) {
            unregister();
            return problems;
        }
        // Registering acknowledges what it answers.
        known.forEach(one -> acknowledged.put(
                one.id(),
                Optional.ofNullable(standings.get(one.id()))
                        .map(Standing::epoch)
                        .orElse(0L)));
        lease = lasts;
        return List.of();
    }

    /**
     * A sign of life, and the acknowledgement of what has been announced; registers anew if its lease has run out.
     *
     * @return why it can't register anew; none: it is live
     */
    public List<String> beat() {
        if (isLive()) {
            try {
                heartbeats();
                return List.of();
            } catch (StepFailure e) {
                if (!e.sqlState().equals(SqlErrors.INSTANCE_EXPIRED)) {
                    throw e;
                }
                lapse();
            }
        }
        List<String> problems = register();
        if (problems.isEmpty()) {
            // As with an acknowledgement: certain when it is committed.
            heartbeat(Map.of());
        }
        return problems;
    }

    private void heartbeats() {
        heartbeat(Map.of());
        Map<String, Long> news = news();
        if (!news.isEmpty()) {
            // Whoever has read the old answer in a transaction before this is sent has begun it before.
            heartbeat(news);
            acknowledged.putAll(news);
            // Certain when it is committed, of which this one tells.
            heartbeat(Map.of());
        }
    }

    private Map<String, Long> news() {
        Map<String, Long> news = new HashMap<>();
        for (Known one : known) {
            Standing standing = standings.get(one.id());
            if (standing != null && !Long.valueOf(standing.epoch()).equals(acknowledged.get(one.id()))) {
                news.put(one.id(), standing.epoch());
            }
        }
        return news;
    }

    private void heartbeat(Map<String, Long> news) {
        OwnLease lasts = OwnLease.of(leaseTime);
        List<Standing> now = ask(
                "the instance could not give a sign of life", session -> table.heartbeat(session, id, leaseTime, news));
        see(now);
        lease = lasts;
    }

    /** Nothing is promised to it any more, until it has registered anew. */
    private void lapse() {
        lease = OwnLease.none();
    }

    private void see(List<Standing> now) {
        for (Standing standing : now) {
            Standing before = standings.put(standing.migration(), standing);
            boolean knew = !acknowledged.isEmpty();
            if (knew && (before == null || standing.hasChangedTablesSince(before))) {
                tablesChanged.set(true);
            }
        }
    }

    /** Whether tables have changed under connections that do not enter, since this was last asked. */
    public boolean leavesPreparedBehind() {
        return tablesChanged.getAndSet(false) && !enters;
    }

    /** What is to be changed of the driver's settings. */
    public List<String> advice() {
        return advice;
    }

    /** Whether its lease has not run out, as far as this process can know. */
    public boolean isLive() {
        return lease.lasts();
    }

    /** What it has said of a migration; empty if it does not know it. */
    public Optional<Known> known(String migration) {
        return known.stream().filter(one -> one.id().equals(migration)).findFirst();
    }

    /** The announced shape of a migration, as it was last told. */
    public Shape announced(String migration) {
        Standing standing = standings.get(migration);
        return standing == null ? Shape.OLD : standing.shape();
    }

    /** Whether a migration that it knows can still be taken forward, as it was last told. */
    public boolean hasAnythingToAdvance() {
        return known.stream().anyMatch(one -> {
            Standing standing = standings.get(one.id());
            return standing == null || !standing.isAtRest();
        });
    }

    /** Whether it is this instance's turn to take migrations forward. One that is not registered always tries. */
    public boolean leads() {
        return !isLive() || ask("whose turn it is could not be asked", session -> table.leads(session, id));
    }

    /** From now on it takes no migration forward, so that it becomes another one's turn. */
    public void stopsAdvancing() {
        advances = false;
        ask("the instance could not say that it takes no migration forward any more", session -> {
            table.willNotAdvance(session, id);
            return true;
        });
    }

    /** From now on its transactions begin at the entrance. */
    public void enter() {
        if (!enters) {
            ask("the instance could not say how its transactions begin", session -> {
                table.willEnter(session, id);
                return true;
            });
            enters = true;
        }
    }

    /** Tells the server of statements that have failed by what is retired. */
    void tell(RetiredNames retired) {
        Map<RetiredNames.Failure, Long> failures = retired.take();
        if (!failures.isEmpty()) {
            try {
                ask("failed statements could not be told", session -> {
                    for (Map.Entry<RetiredNames.Failure, Long> one : failures.entrySet()) {
                        table.tell(session, id, one.getKey(), one.getValue());
                    }
                    return true;
                });
            } catch (StepFailure e) {
                retired.keep(failures);
                throw e;
            }
        }
    }

    /** Tells the server of statements that named what goes. */
    void tell(StatementUses uses) {
        Map<StatementUses.Use, Long> taken = uses.take();
        if (!taken.isEmpty()) {
            try {
                ask("statements that name what goes could not be told", session -> {
                    table.tellUses(session, taken);
                    return true;
                });
            } catch (StepFailure e) {
                uses.keep(taken);
                throw e;
            }
        }
    }

    /** Ends it. */
    public void unregister() {
        lapse();
        ask("the instance could not be unregistered", session -> {
            table.unregister(session, id);
            return true;
        });
    }

    /** What is asked of the server. */
    @FunctionalInterface
    private interface Question<T> {
        T put(Session session) throws SQLException;
    }

    private <T> T ask(String failure, Question<T> question) {
        return Session.with(source, session -> {
            try {
                return question.put(session);
            } catch (SQLException e) {
                throw SqlErrors.failure(failure, e);
            }
        });
    }
}
