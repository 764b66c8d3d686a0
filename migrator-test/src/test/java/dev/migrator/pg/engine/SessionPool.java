package dev.migrator.pg.engine;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Sessions that are lent again and again, as an application's pool does: as many as are wanted at once, and no broken one a
 * second time. Thread-safe.
 */
final class SessionPool implements AutoCloseable {
    private final DataSource source;
    private final Deque<Connection> free = new ConcurrentLinkedDeque<>();
    private final Set<Connection> lent = ConcurrentHashMap.newKeySet();

    SessionPool(DataSource source) {
        this.source = source;
    }

    /** The pool as a data source. */
    DataSource dataSource() {
        return (DataSource) Proxy.newProxyInstance(
                SessionPool.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (self, method, arguments) -> switch (method.getName()) {
                    case "getConnection" -> lend();
                    case "toString" -> "pool of " + source;
                    default -> throw new UnsupportedOperationException(method.toString());
                });
    }

    /** How many sessions are lent now; of a dead engine's too. */
    int lent() {
        return lent.size();
    }

    /** What was lent to a dead engine won't come back: its sockets are closed. */
    void forgetTheDead() {
        lent.removeIf(SessionPool::isClosed);
    }

    private Connection lend() throws SQLException {
        @Nullable Connection idle = free.pollFirst();
        Connection connection = idle == null ? source.getConnection() : idle;
        lent.add(connection);
        AtomicBoolean closed = new AtomicBoolean();
        return (Connection) Proxy.newProxyInstance(
                SessionPool.class.getClassLoader(),
                new Class<?>[] {Connection.class, PGConnection.class},
                (self, method, arguments) -> switch (method.getName()) {
                    case "close" -> giveBack(connection, closed);
                    case "hashCode" -> System.identityHashCode(self);
                    case "equals" -> self == arguments[0];
                    default -> call(connection, method, arguments);
                });
    }

    private @Nullable Object giveBack(Connection connection, AtomicBoolean closed) {
        if (closed.compareAndSet(false, true) && lent.remove(connection) && !isClosed(connection)) {
            free.addFirst(connection);
        }
        return null;
    }

    private static @Nullable Object call(Connection connection, Method method, @Nullable Object[] arguments)
            throws Throwable {
        try {
            return method.invoke(connection, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static boolean isClosed(Connection connection) {
        try {
            return connection.isClosed();
        } catch (SQLException e) {
            return true;
        }
    }

    @Override
    public void close() {
        while (true) {
            @Nullable Connection idle = free.pollFirst();
            if (idle == null) {
                return;
            }
            try {
                idle.close();
            } catch (SQLException e) {
                throw new IllegalStateException("a session can't be closed", e);
            }
        }
    }
}
