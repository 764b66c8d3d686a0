package dev.migrator.pg.internal.state;

import dev.migrator.Identifier;
import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.engine.Approval;
import dev.migrator.engine.Event;
import dev.migrator.engine.GateQuestion;
import dev.migrator.engine.GateReport;
import dev.migrator.engine.Lease;
import dev.migrator.engine.LeaseHolder;
import dev.migrator.engine.MigrationState;
import dev.migrator.engine.MigrationStore;
import dev.migrator.engine.StepState;
import dev.migrator.engine.Transition;
import dev.migrator.plan.Plan;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * The state tables of one database. Thread-safe if the source of its connections is; keeps no connection and no state of
 * its own.
 *
 * <p>Where the state schema is not installed, there is no migration, no step and no history; what writes fails then.
 */
public final class PgStore implements MigrationStore {
    private final StateDatabase database;
    private final LeaseTable leases;
    private final StepTable steps;
    private final MigrationTable migrations;
    private final EventLog log;
    private final GateTable gates;

    /**
     * A store; nothing is asked of the database yet.
     *
     * @param source where connections come from; those behind a pooler in transaction mode will do
     * @param schema the state schema
     * @param target what is migrated: {@link StateSql#DATABASE}
     * @param release the release that runs the engine, for the history; or empty
     */
    public PgStore(DataSource source, Identifier schema, String target, String release) {
        this.database = new StateDatabase(source, new StateSql(schema, target));
        this.leases = new LeaseTable(database);
        this.steps = new StepTable(database);
        this.migrations = new MigrationTable(database, steps, release);
        this.log = new EventLog(database, release);
        this.gates = new GateTable(database, release);
    }

    /** Statements for transactions of one's own on this state schema. */
    public StateSql sql() {
        return database.sql();
    }

    @Override
    public Instant now() {
        return database.read(
                        "Reading the database's clock",
                        row -> row.time("now"),
                        "SELECT pg_catalog.clock_timestamp() AS now")
                .get(0);
    }

    @Override
    public Optional<MigrationState> find(String id) {
        return migrations.find(id);
    }

    @Override
    public List<MigrationState> all() {
        return migrations.all();
    }

    @Override
    public List<StepState> steps(String id) {
        return steps.steps(id);
    }

    @Override
    public Optional<Lease> acquire(String id, String owner, Duration timeToLive) {
        return leases.acquire(id, owner, timeToLive);
    }

    @Override
    public Optional<LeaseHolder> holder(String id) {
        return leases.holder(id);
    }

    @Override
    public boolean renew(Lease lease, Duration timeToLive) {
        return leases.renew(lease, timeToLive);
    }

    @Override
    public void release(Lease lease) {
        leases.release(lease);
    }

    @Override
    public Lease settle(Lease lease, Duration timeToLive) {
        return leases.settle(lease, timeToLive);
    }

    @Override
    public void start(Lease lease, Migration migration, Plan plan) {
        migrations.start(lease, migration, plan);
    }

    @Override
    public void transition(Lease lease, Transition transition) {
        migrations.transition(lease, transition);
    }

    @Override
    public boolean isPaused(String id) {
        return log.isPaused(id);
    }

    @Override
    public void setPaused(String id, boolean paused) {
        log.setPaused(id, paused);
    }

    /**
     * Changes the knobs of a migration's backfills, from any process, without a lease.
     *
     * @param knobs the new values by key
     * @param reset whether those that are not among them are taken back
     */
    public void tune(String id, Map<String, String> knobs, boolean reset) {
        log.tune(id, knobs, reset);
    }

    @Override
    public void approve(String id, Phase phase, String checksum, String by, String reason) {
        log.approve(id, phase, checksum, by, reason);
    }

    @Override
    public List<Approval> approvals(String id, Phase phase, String checksum) {
        return log.approvals(id, phase, checksum);
    }

    @Override
    public void gatesAnswered(Lease lease, GateQuestion question, List<GateReport> reports) {
        gates.answered(lease, question, reports);
    }

    @Override
    public List<Event> history(String id) {
        return log.history(id);
    }

    /**
     * Proves a history by its hashes.
     *
     * @return the number of the first line, from 1, that is not what was written; empty: the history is whole
     */
    public Optional<Long> firstBreakOfHistory(String id) {
        return log.firstBreak(id);
    }
}
