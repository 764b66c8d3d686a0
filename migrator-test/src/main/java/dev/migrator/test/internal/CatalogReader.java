package dev.migrator.test.internal;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Types;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Runs the {@link CatalogQuery catalog queries} and gathers what they return: objects by name, each with its properties.
 *
 * <p>The server writes names, intervals and times in definitions as the session's settings say, so the settings are fixed
 * meanwhile, and put back by rolling back to where it began.
 */
public final class CatalogReader {

    private static final String FIXED_SETTINGS =
            """
            SET LOCAL search_path = ''; SET LOCAL datestyle = ISO; SET LOCAL intervalstyle = postgres;
            SET LOCAL timezone = UTC; SET LOCAL extra_float_digits = 3; SET LOCAL bytea_output = hex;
            SET LOCAL quote_all_identifiers = off; SET LOCAL row_security = off""";

    private CatalogReader() {}

    /**
     * Reads everything in some schemas.
     *
     * @param only the schemas; empty for all that are not the server's own
     * @param without schemas to leave out
     * @return by object, e.g. {@code column public.users.name}, the properties that are not as they are by default
     */
    public static SortedMap<String, SortedMap<String, String>> read(
            Connection connection, List<String> only, List<String> without) throws SQLException {
        boolean autoCommit = connection.getAutoCommit();
        connection.setAutoCommit(false);
        Savepoint start = connection.setSavepoint();
        try {
            try (Statement statement = connection.createStatement()) {
                statement.execute(FIXED_SETTINGS);
            }
            return readAll(connection, only, without);
        } finally {
            connection.rollback(start);
            connection.releaseSavepoint(start);
            if (autoCommit) {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        }
    }

    private static SortedMap<String, SortedMap<String, String>> readAll(
            Connection connection, List<String> only, List<String> without) throws SQLException {
        int major = connection.getMetaData().getDatabaseMajorVersion();
        Array onlyArray = connection.createArrayOf("text", only.toArray());
        Array withoutArray = connection.createArrayOf("text", without.toArray());
        SortedMap<String, SortedMap<String, String>> objects = new TreeMap<>();
        for (CatalogQuery query : queries().toList()) {
            if (query.since() > major) {
                continue;
            }
            try (PreparedStatement statement = connection.prepareStatement(query.sql(major))) {
                statement.setArray(1, onlyArray);
                statement.setArray(2, onlyArray);
                statement.setArray(3, withoutArray);
                try (ResultSet rows = statement.executeQuery()) {
                    add(rows, objects);
                }
            }
        }
        return Collections.unmodifiableSortedMap(objects);
    }

    private static Stream<CatalogQuery> queries() {
        return Stream.of(
                        TableQueries.ALL.stream(),
                        TableRuleQueries.ALL.stream(),
                        CodeQueries.ALL.stream(),
                        DatabaseQueries.ALL.stream())
                .flatMap(queries -> queries);
    }

    // The first column names the object, each other one is a property under its own name. What is null, false or empty
    // is
    // left out: the line of an ordinary object stays short.
    private static void add(ResultSet rows, SortedMap<String, SortedMap<String, String>> objects) throws SQLException {
        ResultSetMetaData columns = rows.getMetaData();
        while (rows.next()) {
            SortedMap<String, String> properties = new TreeMap<>();
            for (int column = 2; column <= columns.getColumnCount(); column++) {
                String value = columns.getColumnType(column) == Types.BIT
                        ? (rows.getBoolean(column) ? "yes" : "")
                        : rows.getString(column);
                if (value != null && !value.isEmpty()) {
                    properties.put(columns.getColumnLabel(column), value);
                }
            }
            String name = rows.getString(1);
            if (objects.put(name, Collections.unmodifiableSortedMap(properties)) != null) {
                throw new IllegalStateException("Two objects under one name in the snapshot: " + name);
            }
        }
    }
}
