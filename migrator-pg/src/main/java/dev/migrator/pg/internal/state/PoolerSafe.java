package dev.migrator.pg.internal.state;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Keeps Flyway from changing a session: behind a pooler in transaction mode, the next one to use the server's connection
 * would be an application, and would find the state schema in its {@code search_path}. The scripts need none of it.
 */
final class PoolerSafe {
    private PoolerSafe() {}

    static DataSource source(DataSource source) {
        return proxy(DataSource.class, (method, arguments) -> {
            Object result = method.invoke(source, arguments);
            return result instanceof Connection connection ? connection(connection) : result;
        });
    }

    private static Connection connection(Connection connection) {
        return proxy(Connection.class, (method, arguments) -> {
            if (method.getName().equals("prepareStatement") && arguments != null) {
                arguments[0] = sessionless((String) arguments[0]);
            }
            return method.invoke(connection, arguments);
        });
    }

    private static Object sessionless(@Nullable Object sql) {
        String text = String.valueOf(sql);
        if (text.startsWith("SET ROLE ")) {
            return "SELECT 1";
        }
        return text.startsWith("SELECT set_config('search_path'") ? text.replace("false)", "true)") : text;
    }

    /** Passes a call on to what the proxy stands for. */
    private interface Call {
        @Nullable
        Object invoke(Method method, @Nullable Object @Nullable [] arguments)
                throws IllegalAccessException, InvocationTargetException;
    }

    private static <T> T proxy(Class<T> type, Call call) {
        return type.cast(Proxy.newProxyInstance(
                PoolerSafe.class.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    try {
                        return call.invoke(method, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
