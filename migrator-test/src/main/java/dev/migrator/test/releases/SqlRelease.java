package dev.migrator.test.releases;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A release by its four statements. A record is the list of the values that {@code read} selects, as the driver gives them.
 *
 * <pre>{@code
 * new SqlRelease(
 *         "INSERT INTO users (id, name) VALUES (?, ?)",
 *         "UPDATE users SET name = ? WHERE id = ?",
 *         "DELETE FROM users WHERE id = ?",
 *         "SELECT name FROM users WHERE id = ?")
 * }</pre>
 *
 * @param insert parameters: the key, then the values
 * @param update parameters: the values, then the key
 * @param delete parameter: the key
 * @param read parameter: the key; selects the values
 */
public record SqlRelease(String insert, String update, String delete, String read)
        implements Release<Object, List<@Nullable Object>> {

    @Override
    public void insert(Connection connection, Object key, List<@Nullable Object> value) throws SQLException {
        List<@Nullable Object> parameters = new ArrayList<>();
        parameters.add(key);
        parameters.addAll(value);
        run(connection, insert, parameters);
    }

    @Override
    public void update(Connection connection, Object key, List<@Nullable Object> value) throws SQLException {
        List<@Nullable Object> parameters = new ArrayList<>(value);
        parameters.add(key);
        run(connection, update, parameters);
    }

    @Override
    public void delete(Connection connection, Object key) throws SQLException {
        run(connection, delete, List.of(key));
    }

    @Override
    public Optional<List<@Nullable Object>> read(Connection connection, Object key) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(read)) {
            statement.setObject(1, key);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(values(row)) : Optional.empty();
            }
        }
    }

    private static List<@Nullable Object> values(ResultSet row) throws SQLException {
        List<@Nullable Object> values = new ArrayList<>();
        for (int column = 1; column <= row.getMetaData().getColumnCount(); column++) {
            values.add(row.getObject(column));
        }
        return Collections.unmodifiableList(values);
    }

    private static void run(Connection connection, String sql, List<@Nullable Object> parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.size(); i++) {
                statement.setObject(i + 1, parameters.get(i));
            }
            statement.executeUpdate();
        }
    }
}
