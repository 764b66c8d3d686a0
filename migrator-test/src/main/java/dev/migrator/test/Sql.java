package dev.migrator.test;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The few JDBC calls that the kit's own statements need; it does not use the code that it tests. */
final class Sql {

    private Sql() {}

    /** A name as SQL writes it. */
    static String quote(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** A text as SQL writes it, with {@code standard_conforming_strings}. */
    static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    static void execute(Connection connection, String... statements) {
        for (String sql : statements) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
            } catch (SQLException e) {
                throw new SqlFailure(sql, e);
            }
        }
    }

    /** All rows as text, NULL as {@code <null>}. */
    static List<List<String>> queryRows(Connection connection, String sql, Object... arguments) {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) {
                statement.setObject(i + 1, arguments[i]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                int width = rows.getMetaData().getColumnCount();
                List<List<String>> result = new ArrayList<>();
                while (rows.next()) {
                    List<String> row = new ArrayList<>(width);
                    for (int column = 1; column <= width; column++) {
                        row.add(Objects.requireNonNullElse(rows.getString(column), "<null>"));
                    }
                    result.add(List.copyOf(row));
                }
                return List.copyOf(result);
            }
        } catch (SQLException e) {
            throw new SqlFailure(sql, e);
        }
    }

    /** The only value of the only row. */
    static String queryValue(Connection connection, String sql, Object... arguments) {
        List<List<String>> rows = queryRows(connection, sql, arguments);
        if (rows.size() != 1 || rows.get(0).size() != 1) {
            throw new IllegalStateException("Expected one row of one column, got %d of %d: %s"
                    .formatted(rows.size(), rows.isEmpty() ? 0 : rows.get(0).size(), sql));
        }
        return rows.get(0).get(0);
    }

    static int queryInt(Connection connection, String sql, Object... arguments) {
        return Integer.parseInt(queryValue(connection, sql, arguments));
    }
}
