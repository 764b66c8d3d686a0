package dev.migrator.test.internal;

import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Counts what a statement executes; a batch is one. */
final class StatementProxy implements Proxies.Handler {

    private final FaultState state;
    private final Connection physical;
    private final Connection connection;
    private final Statement target;
    private final String prepared;
    private final List<String> batch = new ArrayList<>();

    private StatementProxy(
            FaultState state, Connection physical, Connection connection, Statement target, String prepared) {
        this.state = state;
        this.physical = physical;
        this.connection = connection;
        this.target = target;
        this.prepared = prepared;
    }

    /** A statement that obeys the plan; with its SQL if it is prepared, else with empty text. */
    static Statement of(
            FaultState state, Connection physical, Connection connection, Statement target, String prepared) {
        return (Statement) Proxies.of(target, new StatementProxy(state, physical, connection, target, prepared));
    }

    @Override
    public @Nullable Object handle(Object proxy, Method method, Object[] arguments) throws Throwable {
        String name = method.getName();
        FaultState.Call call = () -> Proxies.call(target, method, arguments);
        if (name.equals("close")) {
            return state.crashed() ? null : call.run();
        }
        if (name.equals("isClosed")) {
            return state.crashed() || target.isClosed();
        }
        if (name.equals("getConnection")) {
            return connection;
        }
        if (name.equals("addBatch")) {
            batch.add(arguments.length == 0 ? prepared : (String) arguments[0]);
        } else if (name.equals("clearBatch")) {
            batch.clear();
        } else if (name.startsWith("execute")) {
            return results(proxy, state.execute(physical, sql(name, arguments), call));
        }
        return results(proxy, state.pass(call));
    }

    private String sql(String method, Object[] arguments) {
        if (method.equals("executeBatch") || method.equals("executeLargeBatch")) {
            String all = String.join(";\n", batch);
            batch.clear();
            return all;
        }
        return arguments.length == 0 ? prepared : (String) arguments[0];
    }

    private @Nullable Object results(Object statement, @Nullable Object result) {
        if (!(result instanceof ResultSet rows)) {
            return result;
        }
        return Proxies.of(rows, (proxy, method, arguments) -> switch (method.getName()) {
            case "getStatement" -> statement;
            case "close" -> state.crashed() ? null : Proxies.call(rows, method, arguments);
            case "isClosed" -> state.crashed() || rows.isClosed();
            // Statements too, if seldom used ones.
            case "insertRow", "updateRow", "deleteRow" ->
                state.execute(physical, method.getName(), () -> Proxies.call(rows, method, arguments));
            default -> state.pass(() -> Proxies.call(rows, method, arguments));
        });
    }
}
