package dev.migrator.pg.internal.release;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/** A connection of which each transaction begins at the entrance; in autocommit mode, that is each statement. */
final class EnteringConnection implements InvocationHandler, ShapedConnection {
    private static final Set<String> ENDS = Set.of("commit", "rollback", "close", "abort");

    private final Connection connection;
    private final Entrance entrance;
    private final PreparedBefore prepared;
    private final RetiredNames retired;
    private final StatementUses uses;
    private Optional<Entry> entry = Optional.empty();

    private EnteringConnection(
            Connection connection,
            Entrance entrance,
            PreparedBefore prepared,
            RetiredNames retired,
            StatementUses uses) {
        this.connection = connection;
        this.entrance = entrance;
        this.prepared = prepared;
        this.retired = retired;
        this.uses = uses;
    }

    static Connection over(
            Connection connection,
            Entrance entrance,
            PreparedBefore prepared,
            RetiredNames retired,
            StatementUses uses) {
        return (Connection) Proxy.newProxyInstance(
                EnteringConnection.class.getClassLoader(),
                new Class<?>[] {Connection.class, ShapedConnection.class},
                new EnteringConnection(connection, entrance, prepared, retired, uses));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        String name = method.getName();
        if (method.getDeclaringClass() == ShapedConnection.class) {
            return reflect(this, method, arguments);
        }
        return switch (name) {
            case "equals" -> arguments != null && proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            case "toString" -> "entering " + connection;
            case "unwrap" -> wraps(arguments) ? proxy : unwrapped(method, arguments);
            case "isWrapperFor" -> wraps(arguments) || Boolean.TRUE.equals(reflect(connection, method, arguments));
            default -> pass((Connection) proxy, method, arguments);
        };
    }

    private @Nullable Object pass(Connection proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        boolean ends = ends(method.getName(), arguments == null ? null : arguments[0]);
        try {
            Object result = reflect(connection, method, arguments);
            return result instanceof Statement statement
                    ? entering(statement, proxy, method, arguments)
                    : EnteringResults.of(result, proxy);
        } finally {
            if (ends) {
                entry = Optional.empty();
            }
        }
    }

    /** What is done beneath belongs to a transaction that has entered; in autocommit mode there is none. */
    private @Nullable Object unwrapped(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        if (!connection.getAutoCommit()) {
            begin();
        }
        return reflect(connection, method, arguments);
    }

    /** Whether a transaction that is under way is over after a call. */
    private boolean ends(String method, @Nullable Object argument) throws SQLException {
        return method.equals("setAutoCommit")
                ? !Boolean.valueOf(connection.getAutoCommit()).equals(argument)
                : ENDS.contains(method) && !(argument instanceof Savepoint);
    }

    private static boolean wraps(@Nullable Object @Nullable [] arguments) {
        return arguments != null && arguments[0] == ShapedConnection.class;
    }

    private Object entering(
            Statement statement, Connection proxy, Method method, @Nullable Object @Nullable [] arguments) {
        Optional<String> text =
                arguments != null && arguments[0] instanceof String sql ? Optional.of(sql) : Optional.empty();
        Class<?> kind = method.getReturnType();
        return EnteringStatement.over(
                statement,
                CallableStatement.class == kind || PreparedStatement.class == kind ? kind : Statement.class,
                this,
                proxy,
                text);
    }

    @Override
    public boolean usesNew(String migration) throws SQLException {
        if (connection.getAutoCommit()) {
            throw new SQLException(
                    "The shape of migration " + migration + " was asked for outside of a transaction: it holds for one"
                            + " transaction, and in autocommit mode that is the next statement alone. Call setAutoCommit(false) first.",
                    "25P01");
        }
        return begin().changed().contains(migration);
    }

    /** What one execution of a statement does. */
    @FunctionalInterface
    interface Execution {
        @Nullable
        Object run() throws Throwable;
    }

    /** A statement that is going to be executed with others. */
    void batched(String statement) {
        uses.executed(statement);
    }

    /** Executes a statement, whose text may be known, in a transaction that has entered: in the one under way, else in one of its own. */
    @Nullable
    Object execute(EnteringStatement statement, Optional<String> text, Execution execution) throws Throwable {
        try {
            text.ifPresent(uses::executed);
            if (!connection.getAutoCommit()) {
                statement.prepares(!begin().unprepared());
                return execution.run();
            }
            return alone(statement, execution);
        } catch (SQLException e) {
            retired.failed(e, text.orElse(""));
            throw e;
        }
    }

    private @Nullable Object alone(EnteringStatement statement, Execution execution) throws Throwable {
        connection.setAutoCommit(false);
        int fetchSize = statement.readsAllAtOnce();
        try {
            statement.prepares(!begin().unprepared());
            Object result = execution.run();
            connection.commit();
            return result;
        } catch (SQLException | RuntimeException | Error e) {
            rollBackAfter(e);
            throw e;
        } finally {
            entry = Optional.empty();
            try {
                statement.readsBy(fetchSize);
            } finally {
                connection.setAutoCommit(true);
            }
        }
    }

    /** What has failed is what the application is to hear of. */
    private void rollBackAfter(Throwable e) {
        try {
            connection.rollback();
        } catch (SQLException alsoFailed) {
            e.addSuppressed(alsoFailed);
        }
    }

    private Entry begin() throws SQLException {
        if (entry.isEmpty() || isOver()) {
            entry = Optional.empty();
            Entry entered = entrance.enter(connection);
            prepared.forget(connection, entered);
            entry = Optional.of(entered);
        }
        return entry.get();
    }

    /** Whether somebody has ended the transaction by a statement. */
    private boolean isOver() throws SQLException {
        return connection.isWrapperFor(BaseConnection.class)
                && connection.unwrap(BaseConnection.class).getTransactionState() == TransactionState.IDLE;
    }

    static @Nullable Object reflect(Object target, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }
}
