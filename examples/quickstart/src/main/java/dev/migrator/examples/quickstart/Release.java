package dev.migrator.examples.quickstart;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * A release of the application: the columns that it knows, and its statements. Each row has a version, which every change
 * raises; it is the same for all releases.
 */
interface Release {

    /** Its name in what the quickstart prints. */
    String name();

    /** The columns of its shape, in the order in which {@link #place} reads them. */
    List<String> columns();

    /**
     * Takes a place from a row.
     *
     * @param row a row that has the {@link #columns}
     * @param first the number of the first of them
     * @param version the row's version
     */
    Place place(ResultSet row, int first, int version) throws SQLException;

    /** Adds a place. */
    int insert(Connection connection, long id, Place place) throws SQLException;

    /** Changes the name. */
    int rename(Connection connection, long id, String name) throws SQLException;

    /** Changes the coordinates. */
    int move(Connection connection, long id, double latitude, double longitude) throws SQLException;

    /** Changes the country and the part of it. */
    int assign(Connection connection, long id, String country, String admin1) throws SQLException;

    /** Reads the latitude, adds to it, and writes it back; nobody else changes the row in between. */
    int moveNorth(Connection connection, long id, double degrees) throws SQLException;

    /** Whether a search by name finds the place. */
    boolean finds(Connection connection, long id, String name) throws SQLException;

    /** Reads a place. */
    default Optional<Place> find(Connection connection, long id) throws SQLException {
        String columns = String.join(", ", columns());
        return query(
                connection,
                "SELECT version, " + columns + " FROM places WHERE id = ?",
                row -> place(row, 2, row.getInt(1)),
                id);
    }

    /** Removes a place. */
    default int delete(Connection connection, long id) throws SQLException {
        return update(connection, "DELETE FROM places WHERE id = ?", id);
    }

    /** Takes something from a row. */
    interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** Runs a statement and tells how many rows it changed. */
    static int update(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = prepared(connection, sql, values)) {
            return statement.executeUpdate();
        }
    }

    /** Runs a query and reads its first row. */
    static <T> Optional<T> query(Connection connection, String sql, Reader<T> reader, Object... values)
            throws SQLException {
        try (PreparedStatement statement = prepared(connection, sql, values);
                ResultSet row = statement.executeQuery()) {
            return row.next() ? Optional.of(reader.read(row)) : Optional.empty();
        }
    }

    private static PreparedStatement prepared(Connection connection, String sql, Object... values) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
        return statement;
    }
}
