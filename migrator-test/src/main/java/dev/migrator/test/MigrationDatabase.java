package dev.migrator.test;

import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.Status;
import dev.migrator.engine.Outcome;
import dev.migrator.engine.Position;
import dev.migrator.engine.Waiting;
import dev.migrator.pg.MigrationResult;
import dev.migrator.pg.MigrationStatus;
import dev.migrator.pg.PostgresMigrator;
import dev.migrator.plan.LockMode;
import dev.migrator.plan.Plan;
import dev.migrator.plan.TableLock;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A database of one test's own with a migration in it, which the test takes from phase to phase.
 *
 * <p>What can't be done fails with an {@link AssertionError} that says why and what to do. Thread-safe.
 */
public final class MigrationDatabase implements AutoCloseable {
    /** Of the migrator's sessions, by what they say, one in a transaction that has written something. */
    private static final String KILL =
            """
            SELECT pg_catalog.pg_terminate_backend(pid, 10000) FROM pg_catalog.pg_stat_activity
             WHERE datname = ? AND backend_type = 'client backend' AND pid <> pg_catalog.pg_backend_pid()
               AND (application_name LIKE 'migrator % step %' OR query LIKE '%.fence(%' OR query LIKE '%"fence"(%')
               AND backend_xid IS NOT NULL
             LIMIT 1
            """;

    private final MigrationSuite suite;
    private final TestDatabase database;
    private @Nullable PostgresMigrator migrator;

    MigrationDatabase(MigrationSuite suite, TestDatabase database) {
        this.suite = suite;
        this.database = database;
    }

    /** The database: connections, statements, queries, roles. */
    public TestDatabase database() {
        return database;
    }

    /** The migration that is tested. */
    public Migration migration() {
        return suite.migration();
    }

    /** What is tested, for further databases of the same kind. */
    public MigrationSuite suite() {
        return suite;
    }

    /** The migrator of this database, as the owner of the tables. */
    public synchronized PostgresMigrator migrator() {
        if (migrator == null) {
            // Opening connections would take most of the time that a phase of a small table takes.
            migrator = suite.migrator(database.pool());
        }
        return migrator;
    }

    /** The tested migration's plan as it would be made now; once it has begun, the one by which it runs. */
    public Plan plan() {
        return migrator().plan(migration().id()).get(0);
    }

    /** Where the tested migration stands. */
    public MigrationStatus status() {
        return migrator().status(migration().id()).get(0);
    }

    /** The last phase that is complete; empty before the first. */
    public Optional<Phase> phase() {
        Position position = status().position();
        return position.status() == Status.COMPLETE
                ? Optional.of(position.phase())
                : position.phase().previous();
    }

    /**
     * Takes the migration forward until a phase is complete, by its gates if the test keeps them.
     *
     * @return this
     */
    public MigrationDatabase advanceTo(Phase phase) {
        for (MigrationResult result : migrator().migrate(phase, migration().id())) {
            arrived(result, phase);
        }
        return this;
    }

    static void arrived(MigrationResult result, Phase phase) {
        Outcome outcome = result.outcome();
        if (outcome instanceof Outcome.Arrived) {
            return;
        }
        throw new AssertionError("Migration %s does not come to %s. %s".formatted(result.id(), phase, why(outcome)));
    }

    private static String why(Outcome outcome) {
        if (outcome instanceof Outcome.Waits waits) {
            return "It waits before %s: %s. A test opens gates with approve(…), letTimePass(…), or by registering instances of the"
                            .formatted(waits.phase(), reasons(waits))
                    + " application; or leaves them out (keepGates = false).";
        }
        if (outcome instanceof Outcome.Paused paused) {
            return "It is paused at %s; resume it with migrator().resume(…).".formatted(paused.position());
        }
        return outcome instanceof Outcome.Failed failed ? failed.message() : outcome.toString();
    }

    private static String reasons(Outcome.Waits waits) {
        return waits.reasons().stream().map(MigrationDatabase::reason).collect(Collectors.joining("; "));
    }

    private static String reason(Waiting waiting) {
        return waiting.gate() + ": " + waiting.reason();
    }

    /**
     * Walks the migration back to before its first phase.
     *
     * @return this
     */
    public MigrationDatabase rollback() {
        return back(Optional.empty());
    }

    /**
     * Walks the migration back to the end of a phase.
     *
     * @return this
     */
    public MigrationDatabase rollbackTo(Phase phase) {
        return back(Optional.of(phase));
    }

    private MigrationDatabase back(Optional<Phase> phase) {
        Outcome outcome = migrator().rollback(migration().id(), phase);
        if (!(outcome instanceof Outcome.Arrived)) {
            throw new AssertionError("Migration %s does not go back to %s. %s"
                    .formatted(migration().id(), phase.map(Phase::name).orElse("before EXPAND"), why(outcome)));
        }
        return this;
    }

    /**
     * Gives an approval.
     *
     * @param phase the phase that may begin
     * @param by who gives it
     * @return this
     */
    public MigrationDatabase approve(Phase phase, String by) {
        migrator().approve(migration().id(), phase, by, "given by the test");
        return this;
    }

    /**
     * Lets time pass as far as the migrator can tell: whatever it has written down counts as that much older. Soak times go by,
     * approvals expire, leases of engines, workers and instances run out (an instance that lives registers anew with its next
     * sign of life). The history keeps its true times; the server's clock is not touched, so a gate of kind {@code window} does
     * not notice.
     *
     * @param time how much
     * @return this
     */
    public MigrationDatabase letTimePass(Duration time) {
        PassedTime.in(database, MigrationSuite.STATE_SCHEMA, time);
        return this;
    }

    /**
     * Holds a lock on a table, as a report or a maintenance job might, until it is closed.
     *
     * @param table the table, as SQL writes it
     */
    public BackgroundSession holdLock(String table, LockMode mode) {
        return BackgroundSession.holding(database, "BEGIN; LOCK TABLE " + table + " IN " + mode.sql() + " MODE");
    }

    /** A transaction that has a snapshot and has written nothing, open until it is closed: it holds back the xmin horizon. */
    public BackgroundSession longTransaction() {
        return BackgroundSession.holding(
                database, "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT pg_catalog.pg_current_xact_id_if_assigned()");
    }

    /**
     * Ends one of the migrator's sessions that is at work on rows or tables, as an administrator or a failover would.
     *
     * @return whether there was one
     */
    public boolean killWorker() {
        try (Connection connection = database.connectAsSuperuser()) {
            return !Sql.queryRows(connection, KILL, database.name()).isEmpty();
        } catch (SQLException e) {
            throw new SqlFailure("ending a session of the migrator in " + database, e);
        }
    }

    /**
     * Stores every row of the tables that the migration is about anew, as the new release would that has read it: by the columns
     * that are left in the end. CONTRACT has to be complete. Foreign keys are not asked while rows are away for a moment; the
     * tables' own triggers fire.
     *
     * @return this
     */
    public MigrationDatabase storeAnew() {
        try (MigrationDatabase after = suite.createDatabase(database.server(), Phase.PURGE)) {
            plan().steps().stream()
                    .flatMap(step -> step.locks().stream())
                    .map(TableLock::table)
                    .distinct()
                    .forEach(table -> Rewriting.of(table, after.database).in(database));
        }
        return this;
    }

    /** The rows of all tables but the migrator's own, as they are now. */
    public RowSnapshot rows() {
        return RowSnapshot.of(database, MigrationSuite.STATE_SCHEMA);
    }

    /** The schema of everything but the migrator's own tables, as it is now. */
    public SchemaSnapshot schema() {
        try (Connection connection = database.connectAsSuperuser()) {
            return SchemaSnapshot.allBut(connection, MigrationSuite.STATE_SCHEMA);
        } catch (SQLException e) {
            throw new SqlFailure("reading the catalogs of " + database, e);
        }
    }

    /** Drops the database, whoever is connected to it. */
    @Override
    public void close() {
        database.close();
    }

    @Override
    public String toString() {
        return migration().id() + " in " + database;
    }
}
