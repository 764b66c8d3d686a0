package dev.migrator.pg.execute;

import dev.migrator.Identifier;
import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.QualifiedName;
import dev.migrator.engine.Lease;
import dev.migrator.engine.PausedException;
import dev.migrator.engine.Progress;
import dev.migrator.engine.StepControl;
import dev.migrator.engine.StepState;
import dev.migrator.engine.StepStatus;
import dev.migrator.pg.Databases;
import dev.migrator.pg.internal.execute.PgExecutor;
import dev.migrator.pg.internal.state.PgStore;
import dev.migrator.pg.internal.throttle.ThrottleSetup;
import dev.migrator.pg.internal.transact.ExecutorSettings;
import dev.migrator.plan.Action;
import dev.migrator.plan.Artifact;
import dev.migrator.plan.Effect;
import dev.migrator.plan.LockMode;
import dev.migrator.plan.Plan;
import dev.migrator.plan.Step;
import dev.migrator.plan.TableLock;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.TestDatabase;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.sql.DataSource;

/** A database with a migration under way, and an executor for its steps. */
final class ExecutionSite implements AutoCloseable {
    static final String ID = "0001_test";
    static final QualifiedName USERS = QualifiedName.of("public", "users");
    /** What no statement of an application may take because of the migrator, on however slow a machine. */
    static final Duration GENEROUS = Duration.ofSeconds(2);

    private static final Duration LEASE = Duration.ofHours(1);

    final TestDatabase db;
    final PgStore store;
    final TestPace pace = new TestPace();
    final Queue<Progress> progress = new ConcurrentLinkedQueue<>();
    final Queue<String> waits = new ConcurrentLinkedQueue<>();
    final Queue<String> paced = new ConcurrentLinkedQueue<>();
    Lease lease;

    private ExecutionSite(PostgresServer server, Step... steps) {
        this.db = Databases.withStateTables(server);
        Identifier schema = Identifier.of("migrator");
        this.store = new PgStore(db.pool(), schema, db.name(), "r1");
        this.lease = store.acquire(ID, "host/1/first", LEASE).orElseThrow();
        Migration migration =
                Migration.builder(ID).renameColumn("users", "name", "full_name").build();
        store.start(lease, migration, new Plan(ID, Arrays.asList(steps), List.of(), List.of(), List.of()));
    }

    static ExecutionSite of(Step... steps) {
        return on(PostgresServer.shared(), steps);
    }

    static ExecutionSite on(PostgresServer server, Step... steps) {
        return new ExecutionSite(server, steps);
    }

    static Step step(int ordinal, Action action, Action undo) {
        return step(ordinal, action, undo, "");
    }

    static Step step(int ordinal, Action action, Action undo, String doneWhen) {
        return step(Phase.EXPAND, ordinal, action, undo, doneWhen, List.of());
    }

    static Step step(Phase phase, int ordinal, Action action, Action undo, String doneWhen, List<Artifact> makes) {
        return new Step(
                phase,
                ordinal,
                List.of("operations[0].renameColumn"),
                "step " + ordinal,
                action,
                undo,
                doneWhen,
                Set.of(Effect.ADDS),
                makes,
                List.of());
    }

    static Action.Transaction exclusively(String... statements) {
        return new Action.Transaction(List.of(new TableLock(USERS, LockMode.ACCESS_EXCLUSIVE)), List.of(statements));
    }

    /** What most tests want: short tries, few of them. */
    static ExecutorSettings settings() {
        return ExecutorSettings.defaults().withPatience(Duration.ofMillis(500));
    }

    PgExecutor executor() {
        return executor(settings());
    }

    PgExecutor executor(ExecutorSettings settings) {
        return executor(db.dataSource(), settings);
    }

    PgExecutor executor(DataSource source, ExecutorSettings settings) {
        return executor(source, source, settings);
    }

    PgExecutor executor(DataSource source, DataSource direct, ExecutorSettings settings) {
        return new PgExecutor(source, direct, store.sql(), settings, pace, (state, steps) -> List.of());
    }

    PgExecutor executor(ThrottleSetup throttle) {
        DataSource source = db.dataSource();
        return new PgExecutor(source, source, store.sql(), settings(), pace, (state, steps) -> List.of(), throttle);
    }

    /** Another engine takes the migration over; the old lease is a zombie's from now on. */
    Lease takeOver() {
        Lease old = lease;
        store.release(old);
        lease = store.acquire(ID, "host/2/second", LEASE).orElseThrow();
        return old;
    }

    /** After a lost answer. */
    void settle() {
        lease = store.settle(lease, LEASE);
    }

    StepControl control() {
        return new StepControl() {
            @Override
            public void checkpoint() {
                if (store.isPaused(ID)) {
                    throw new PausedException(ID);
                }
            }

            @Override
            public void progress(Progress now) {
                progress.add(now);
            }

            @Override
            public void waits(String reason) {
                waits.add(reason);
            }

            @Override
            public void paced(String how) {
                paced.add(how);
            }
        };
    }

    StepState state(int ordinal) {
        return store.steps(ID).stream()
                .filter(state -> state.step().ordinal() == ordinal)
                .findFirst()
                .orElseThrow();
    }

    StepStatus status(int ordinal) {
        return state(ordinal).status();
    }

    @Override
    public void close() {
        db.close();
    }
}
