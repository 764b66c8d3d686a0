package dev.migrator.test.internal;

import java.lang.reflect.Method;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/** Counts what a connection itself sends: commits, rollbacks, savepoints; hands out statements that count. */
public final class ConnectionProxy implements Proxies.Handler {

    // Calls by which the driver sends a statement of its own.
    private static final Map<String, String> SENDS = Map.of(
            "commit", "COMMIT",
            "setSavepoint", "SAVEPOINT",
            "releaseSavepoint", "RELEASE SAVEPOINT",
            "setSchema", "SET search_path",
            "setTransactionIsolation", "SET TRANSACTION ISOLATION LEVEL");

    private final FaultState state;
    private final Connection target;

    private ConnectionProxy(FaultState state, Connection target) {
        this.state = state;
        this.target = target;
    }

    /** A connection that obeys the plan, around one just opened. */
    public static Connection of(FaultState state, Connection target) {
        state.opened(target);
        return (Connection) Proxies.of(target, new ConnectionProxy(state, target));
    }

    @Override
    public @Nullable Object handle(Object proxy, Method method, Object[] arguments) throws Throwable {
        String name = method.getName();
        FaultState.Call call = () -> Proxies.call(target, method, arguments);
        return switch (name) {
            // A dead process closes nothing, and finally blocks should not hide why it died.
            case "close", "abort" -> {
                state.closed(target);
                yield state.crashed() ? null : call.run();
            }
            case "isClosed" -> state.crashed() || target.isClosed();
            case "rollback" ->
                state.execute(target, arguments.length == 0 ? "ROLLBACK" : "ROLLBACK TO SAVEPOINT", call);
            case "setAutoCommit" ->
                endsTransaction((Boolean) arguments[0]) ? state.execute(target, "COMMIT", call) : state.pass(call);
            case "getCopyAPI", "getLargeObjectAPI", "getFastpathAPI", "getReplicationAPI" ->
                throw new UnsupportedOperationException(
                        name + ": a faulty data source could neither count nor stop what goes through it");
            default -> {
                String sql = SENDS.get(name);
                yield sql != null ? state.execute(target, sql, call) : wrap(proxy, arguments, state.pass(call));
            }
        };
    }

    private boolean endsTransaction(boolean autoCommit) throws SQLException {
        if (!autoCommit || target.getAutoCommit()) {
            return false;
        }
        return !target.isWrapperFor(BaseConnection.class)
                || target.unwrap(BaseConnection.class).getTransactionState() != TransactionState.IDLE;
    }

    private @Nullable Object wrap(Object proxy, Object[] arguments, @Nullable Object result) {
        if (result instanceof PreparedStatement || result instanceof CallableStatement) {
            return StatementProxy.of(state, target, (Connection) proxy, (Statement) result, (String) arguments[0]);
        }
        if (result instanceof Statement statement) {
            return StatementProxy.of(state, target, (Connection) proxy, statement, "");
        }
        if (result instanceof DatabaseMetaData metaData) {
            // What it reads is not counted: it changes nothing. Dead is dead all the same.
            return Proxies.of(
                    metaData,
                    (self, method, given) -> method.getName().equals("getConnection")
                            ? proxy
                            : state.pass(() -> Proxies.call(metaData, method, given)));
        }
        return result;
    }
}
