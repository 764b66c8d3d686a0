package dev.migrator.pg.internal.release;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGStatement;

/** A statement that is executed in transactions that have entered. */
final class EnteringStatement implements InvocationHandler {
    private final Statement statement;
    private final EnteringConnection connection;
    private final Connection face;
    /** That of a prepared one. */
    private final Optional<String> text;

    /** From how many executions on it is prepared on the server, while that is taken from it. */
    private OptionalInt threshold = OptionalInt.empty();

    private EnteringStatement(
            Statement statement, EnteringConnection connection, Connection face, Optional<String> text) {
        this.text = text;
        this.statement = statement;
        this.connection = connection;
        this.face = face;
    }

    static Object over(
            Statement statement, Class<?> kind, EnteringConnection connection, Connection face, Optional<String> text) {
        return Proxy.newProxyInstance(
                EnteringStatement.class.getClassLoader(),
                new Class<?>[] {kind},
                new EnteringStatement(statement, connection, face, text));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        String name = method.getName();
        return switch (name) {
            case "equals" -> arguments != null && proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            case "toString" -> statement.toString();
            case "getConnection" -> face;
            default ->
                EnteringResults.of(
                        name.startsWith("execute")
                                ? execute(method, arguments)
                                : EnteringConnection.reflect(statement, method, batched(name, arguments)),
                        (Statement) proxy,
                        this,
                        connection);
        };
    }

    private @Nullable Object @Nullable [] batched(String name, @Nullable Object @Nullable [] arguments)
            throws SQLException {
        if (name.equals("addBatch") && arguments != null && arguments[0] instanceof String sql) {
            TransactionWords.check(sql);
            connection.batched(sql);
        }
        return arguments;
    }

    private @Nullable Object execute(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        Optional<String> executed = arguments != null && arguments[0] instanceof String sql ? Optional.of(sql) : text;
        if (executed.isPresent()) {
            TransactionWords.check(executed.get());
        }
        return connection.execute(this, executed, () -> EnteringConnection.reflect(statement, method, arguments));
    }

    /** Its rows don't come piece by piece, for which the transaction would have to last; the number by which they did. */
    int readsAllAtOnce() throws SQLException {
        int before = statement.getFetchSize();
        readsBy(0);
        return before;
    }

    /** How many rows come at a time; zero: all. */
    void readsBy(int rows) throws SQLException {
        if (!statement.isClosed() && statement.getFetchSize() != rows) {
            statement.setFetchSize(rows);
        }
    }

    /** Whether it may be prepared on the server. */
    void prepares(boolean may) throws SQLException {
        if (may == threshold.isEmpty() || !statement.isWrapperFor(PGStatement.class)) {
            return;
        }
        PGStatement driver = statement.unwrap(PGStatement.class);
        if (may) {
            driver.setPrepareThreshold(threshold.orElseThrow());
            threshold = OptionalInt.empty();
        } else {
            threshold = OptionalInt.of(driver.getPrepareThreshold());
            driver.setPrepareThreshold(0);
        }
    }
}
