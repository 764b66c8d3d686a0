package dev.migrator.pg.internal.release;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What statements and connections give out, where it leads back to them or writes by itself. */
final class EnteringResults {
    private static final Set<String> WRITES = Set.of("updateRow", "insertRow", "deleteRow");

    private EnteringResults() {}

    /** Metadata lead back to the connection that they are of. */
    static @Nullable Object of(@Nullable Object result, Connection face) {
        if (!(result instanceof DatabaseMetaData)) {
            return result;
        }
        return Proxy.newProxyInstance(
                EnteringResults.class.getClassLoader(),
                new Class<?>[] {DatabaseMetaData.class},
                (proxy, method, arguments) -> method.getName().equals("getConnection")
                        ? face
                        : EnteringConnection.reflect(result, method, arguments));
    }

    /** Rows through which others are written do so in transactions that have entered; of others nothing is changed. */
    static @Nullable Object of(
            @Nullable Object result, Statement face, EnteringStatement statement, EnteringConnection connection)
            throws SQLException {
        if (!(result instanceof ResultSet rows) || rows.getConcurrency() != ResultSet.CONCUR_UPDATABLE) {
            return result;
        }
        return Proxy.newProxyInstance(
                EnteringResults.class.getClassLoader(),
                new Class<?>[] {ResultSet.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("getStatement")) {
                        return face;
                    }
                    return WRITES.contains(method.getName())
                            ? connection.execute(
                                    statement,
                                    Optional.empty(),
                                    () -> EnteringConnection.reflect(rows, method, arguments))
                            : EnteringConnection.reflect(rows, method, arguments);
                });
    }
}
