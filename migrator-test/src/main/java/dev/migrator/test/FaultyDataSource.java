package dev.migrator.test;

import dev.migrator.test.internal.ConnectionProxy;
import dev.migrator.test.internal.FaultState;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.ConnectionBuilder;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.List;
import java.util.function.Predicate;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * A data source that counts and records the statements sent through it and makes a {@link FaultPlan} come true.
 *
 * <p>Counted are all calls {@code execute…} of a statement (a batch is one, and so is a text of several statements),
 * {@code commit}, {@code rollback}, {@code setAutoCommit(true)} that commits, and the savepoint calls, on whatever thread,
 * if their SQL passes the predicate. Not counted are the driver's own questions: {@code isValid}, metadata.
 *
 * <pre>{@code
 * FaultyDataSource whole = FaultyDataSource.over(db.dataSource(), FaultPlan.none());
 * run(whole);
 * for (int n = 1; n <= whole.count(); n++) {
 *     FaultyDataSource faulty = FaultyDataSource.over(db.dataSource(), FaultPlan.crashBefore(n));
 *     assertThatThrownBy(() -> run(faulty)).isInstanceOf(EngineCrash.class);
 *     assertThat(faulty.fired()).isTrue();
 *     run(whole);
 * }
 * }</pre>
 *
 * <p>A crash is that of a process: from then on every use of every connection of this data source, by any thread, throws
 * {@link EngineCrash}, and all sockets are closed, so that nothing of the dead process reaches the server any more. What
 * the server was executing at that moment for another thread goes on there, as it does after a kill; {@link
 * TestDatabase#awaitNoSessions()} waits for its end. Only closing stays silent: a dead process closes nothing, and what
 * {@code finally} does should not hide the crash.
 *
 * <p>Thread-safe.
 */
public final class FaultyDataSource implements DataSource {

    private final DataSource target;
    private final FaultPlan plan;
    private final FaultState state;

    private FaultyDataSource(DataSource target, FaultPlan plan, Predicate<String> counted) {
        this.target = target;
        this.plan = plan;
        this.state = new FaultState(plan.faults(), counted);
    }

    /** Counts every statement. */
    public static FaultyDataSource over(DataSource target, FaultPlan plan) {
        return over(target, plan, sql -> true);
    }

    /**
     * Counts the statements that are meant; all others just work, until a crash.
     *
     * @param counted false for what comes at its own pace, such as the heartbeat of another thread
     */
    public static FaultyDataSource over(DataSource target, FaultPlan plan, Predicate<String> counted) {
        return new FaultyDataSource(target, plan, counted);
    }

    /** How many statements were counted so far. */
    public int count() {
        return state.statements().size();
    }

    /** The statements counted so far, in the order in which they began. */
    public List<String> statements() {
        return state.statements();
    }

    /** Whether everything in the plan has happened; a test whose fault never came has shown nothing. */
    public boolean fired() {
        return state.fired();
    }

    /** Whether the process counts as dead. */
    public boolean crashed() {
        return state.crashed();
    }

    /** Kills the process now, from outside, whatever its threads are doing. */
    public void crash() {
        state.crash("from outside after statement " + count());
    }

    @Override
    public Connection getConnection() throws SQLException {
        state.checkAlive();
        return ConnectionProxy.of(state, target.getConnection());
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        state.checkAlive();
        return ConnectionProxy.of(state, target.getConnection(user, password));
    }

    @Override
    public ConnectionBuilder createConnectionBuilder() throws SQLException {
        throw new SQLFeatureNotSupportedException("Use getConnection()");
    }

    @Override
    public PrintWriter getLogWriter() throws SQLException {
        return target.getLogWriter();
    }

    @Override
    public void setLogWriter(PrintWriter out) throws SQLException {
        target.setLogWriter(out);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        target.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return target.getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        return target.getParentLogger();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        if (type.isInstance(this)) {
            return type.cast(this);
        }
        throw new SQLException("A faulty data source does not give out its " + type.getName());
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return type.isInstance(this);
    }

    @Override
    public String toString() {
        return "%s after %d statements".formatted(plan, count());
    }
}
