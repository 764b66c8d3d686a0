package dev.migrator.test.internal;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGStatement;

/** Proxies around the driver's objects, which lead every call through a {@link FaultState}. */
final class Proxies {

    private static final Object[] NO_ARGUMENTS = {};

    private Proxies() {}

    /** What a handler does with a call. */
    interface Handler {
        @Nullable
        Object handle(Object proxy, Method method, Object[] arguments) throws Throwable;
    }

    /** A proxy for one of the driver's objects, with those of its interfaces through which a caller may use it. */
    static Object of(Object target, Handler handler) {
        Set<Class<?>> interfaces = new LinkedHashSet<>();
        for (Class<?> type : new Class<?>[] {
            CallableStatement.class, PreparedStatement.class, Statement.class, PGStatement.class,
            Connection.class, PGConnection.class, ResultSet.class, DatabaseMetaData.class
        }) {
            if (type.isInstance(target)) {
                interfaces.add(type);
            }
        }
        InvocationHandler outer = (proxy, method, arguments) -> {
            Object[] given = arguments == null ? NO_ARGUMENTS : arguments;
            return switch (method.getName()) {
                case "equals" -> proxy == given[0];
                case "hashCode" -> System.identityHashCode(proxy);
                case "toString" -> target.toString();
                case "isWrapperFor" -> ((Class<?>) given[0]).isInstance(proxy);
                case "unwrap" -> unwrap(proxy, (Class<?>) given[0]);
                default -> handler.handle(proxy, method, given);
            };
        };
        return Proxy.newProxyInstance(Proxies.class.getClassLoader(), interfaces.toArray(Class<?>[]::new), outer);
    }

    // Only ever the proxy itself: the object behind it would lead past the counting.
    private static Object unwrap(Object proxy, Class<?> type) throws SQLException {
        if (type.isInstance(proxy)) {
            return proxy;
        }
        throw new SQLException("A faulty data source does not give out its " + type.getName()
                + ": statements through it would be neither counted nor stopped");
    }

    /** Calls the driver's object; what it throws comes out as it is. */
    static @Nullable Object call(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }
}
