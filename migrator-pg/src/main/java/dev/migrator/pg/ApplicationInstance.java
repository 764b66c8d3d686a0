package dev.migrator.pg;

import dev.migrator.Migration;
import dev.migrator.MigratorException;
import dev.migrator.Shape;
import dev.migrator.Uses;
import dev.migrator.engine.StepFailure;
import dev.migrator.pg.internal.release.InstanceTable;
import dev.migrator.pg.internal.release.InstanceTable.Known;
import dev.migrator.pg.internal.release.InstanceTable.Recorded;
import dev.migrator.pg.internal.release.Safety;
import dev.migrator.pg.internal.release.Standing;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.sql.SqlErrors;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An instance of the application that has {@linkplain PostgresMigrator#register registered}: gates know that it is live, what
 * it knows, and which shape of each migration it uses. It gives a sign of life three times in its lease, one statement on one
 * connection each; one that is killed expires, one that is closed is gone at once.
 *
 * <p>For migrations of which it bears both shapes it answers which one is announced, and acknowledges each announcement. Whoever
 * asks inside of a transaction, after its first statement, keeps one answer in it: the engine takes a shape away only when all
 * live instances have acknowledged the other one and all transactions from before that have ended.
 *
 * <p>Safe for use by many threads.
 */
public final class ApplicationInstance implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ApplicationInstance.class);
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(500);

    private final String id;
    private final String release;
    private final DataSource source;
    private final InstanceTable table;
    private final InstanceSettings settings;
    private final List<Known> known;
    private final Safety safety;
    private final Map<String, Standing> standings = new ConcurrentHashMap<>();
    private final Map<String, Long> acknowledged = new ConcurrentHashMap<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread heart;
    private volatile long liveUntil = System.nanoTime();
    private volatile String trouble = "";

    ApplicationInstance(
            String id,
            String release,
            DataSource source,
            InstanceTable table,
            List<Migration> migrations,
            InstanceSettings settings) {
        this.id = id;
        this.release = release;
        this.source = source;
        this.table = table;
        this.settings = settings;
        this.known = migrations.stream()
                .map(one -> new Known(
                        one.id(),
                        one.checksum(),
                        settings.uses().getOrDefault(one.id(), Uses.OLD),
                        settings.uses().containsKey(one.id())))
                .toList();
        this.safety = new Safety(migrations, known);
        this.heart = new Thread(this::beat, "migrator heartbeat " + id);
        this.heart.setDaemon(true);
    }

    /** Registers, waiting as the settings say; throws if it is not safe by then. */
    ApplicationInstance start() {
        long deadline = System.nanoTime() + settings.waitFor().toNanos();
        while (true) {
            try {
                register();
                heart.start();
                return this;
            } catch (UnsafeSchemaException e) {
                if (System.nanoTime() - deadline >= 0 || !pause(BETWEEN_TRIES)) {
                    throw e;
                }
                LOG.info("Waits to register: {}", e.getMessage());
            }
        }
    }

    private boolean pause(Duration time) {
        try {
            return !closed.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void register() {
        long begun = System.nanoTime();
        List<Recorded> records = Session.with(source, session -> {
            try {
                return table.register(session, id, release, settings.leaseTime(), known);
            } catch (SQLException e) {
                throw SqlErrors.failure("the instance could not be registered", e);
            }
        });
        List<String> problems = safety.problems(records);
        if (!problems.isEmpty()) {
            unregister();
            throw new UnsafeSchemaException(release, problems);
        }
        see(records.stream().map(Recorded::standing).toList());
        // Registering acknowledges what it answers.
        known.forEach(one -> acknowledged.put(
                one.id(),
                Optional.ofNullable(standings.get(one.id()))
                        .map(Standing::epoch)
                        .orElse(0L)));
        liveUntil = begun + settings.leaseTime().toNanos();
    }

    private void see(List<Standing> now) {
        now.forEach(standing -> standings.put(standing.migration(), standing));
    }

    private void beat() {
        Duration period = settings.leaseTime().dividedBy(3);
        while (pause(period)) {
            try {
                if (liveUntil - System.nanoTime() > 0) {
                    heartbeat(Map.of());
                    acknowledge();
                } else {
                    register();
                    LOG.info("Instance {} is registered again", id);
                }
                trouble = "";
            } catch (MigratorException e) {
                if (!trouble.equals(e.getMessage())) {
                    LOG.warn("Instance {} could not give a sign of life: {}", id, e.getMessage());
                }
                trouble = String.valueOf(e.getMessage());
            }
        }
    }

    /** Whoever has read the old answer in a transaction before this is sent has begun it before. */
    private void acknowledge() {
        Map<String, Long> news = new HashMap<>();
        for (Known one : known) {
            Standing standing = standings.get(one.id());
            if (standing != null && !Long.valueOf(standing.epoch()).equals(acknowledged.get(one.id()))) {
                news.put(one.id(), standing.epoch());
            }
        }
        if (!news.isEmpty()) {
            heartbeat(news);
            acknowledged.putAll(news);
        }
    }

    private void heartbeat(Map<String, Long> news) {
        long begun = System.nanoTime();
        List<Standing> now = Session.with(source, session -> {
            try {
                return table.heartbeat(session, id, settings.leaseTime(), news);
            } catch (SQLException e) {
                if (SqlErrors.state(e).equals(SqlErrors.INSTANCE_EXPIRED)) {
                    liveUntil = System.nanoTime();
                }
                throw SqlErrors.failure("the instance could not give a sign of life", e);
            }
        });
        see(now);
        liveUntil = begun + settings.leaseTime().toNanos();
    }

    /**
     * What tells it from all other instances.
     *
     * @return {@code host/pid/random}
     */
    public String id() {
        return id;
    }

    /**
     * Whether it counts as live: no longer if it could give no sign of life within its lease. A readiness probe asks this.
     *
     * @return false while it must not serve
     */
    public boolean isLive() {
        return closed.getCount() > 0 && liveUntil - System.nanoTime() > 0;
    }

    /**
     * The shape of a migration that this instance is to use now. Asked inside of a transaction, after its first statement, it
     * is safe until the transaction ends.
     *
     * @param migration the migration's id
     * @return for one whose code bears both, the one that is announced, as it was told at the last sign of life; else the one
     *     that its code uses
     * @throws IllegalArgumentException if the instance does not know that migration
     * @throws InstanceLapsedException if it does not count as live any more: nothing is promised to it
     */
    public Shape shape(String migration) {
        Known one = known.stream()
                .filter(candidate -> candidate.id().equals(migration))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("This instance does not know migration " + migration));
        if (!isLive()) {
            throw new InstanceLapsedException(id, trouble);
        }
        return switch (one.uses()) {
            case OLD -> Shape.OLD;
            case NEW -> Shape.NEW;
            case BOTH -> {
                Standing standing = standings.get(migration);
                yield standing == null ? Shape.OLD : standing.shape();
            }
        };
    }

    /** Ends it: from now on it counts for no gate. Idempotent; a failure is logged, since its lease runs out anyway. */
    @Override
    public void close() {
        if (closed.getCount() == 0) {
            return;
        }
        closed.countDown();
        boolean interrupted = false;
        while (heart.isAlive()) {
            try {
                heart.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        unregister();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void unregister() {
        try {
            Session.with(source, session -> {
                try {
                    table.unregister(session, id);
                    return true;
                } catch (SQLException e) {
                    throw SqlErrors.failure("the instance could not be unregistered", e);
                }
            });
        } catch (StepFailure e) {
            LOG.info("Instance {} is not unregistered; its lease runs out: {}", id, e.getMessage());
        }
    }
}
