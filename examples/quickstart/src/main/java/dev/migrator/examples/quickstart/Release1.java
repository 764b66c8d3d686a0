package dev.migrator.examples.quickstart;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** The first release: {@code name}, {@code country}, {@code admin1}, and coordinates that are text. */
final class Release1 implements Release {

    @Override
    public String name() {
        return "Release 1";
    }

    @Override
    public List<String> columns() {
        return List.of("name", "country", "admin1", "lat", "lng");
    }

    @Override
    public Place place(ResultSet row, int first, int version) throws SQLException {
        return new Place(
                row.getString(first),
                row.getString(first + 1),
                row.getString(first + 2),
                Double.parseDouble(row.getString(first + 3)),
                Double.parseDouble(row.getString(first + 4)),
                version);
    }

    @Override
    public int insert(Connection connection, long id, Place place) throws SQLException {
        return Release.update(
                connection,
                "INSERT INTO places (id, name, country, admin1, lat, lng) VALUES (?, ?, ?, ?, ?, ?)",
                id,
                place.name(),
                place.country(),
                place.admin1(),
                String.valueOf(place.latitude()),
                String.valueOf(place.longitude()));
    }

    @Override
    public int rename(Connection connection, long id, String name) throws SQLException {
        return Release.update(connection, "UPDATE places SET name = ?, version = version + 1 WHERE id = ?", name, id);
    }

    @Override
    public int move(Connection connection, long id, double latitude, double longitude) throws SQLException {
        return Release.update(
                connection,
                "UPDATE places SET lat = ?, lng = ?, version = version + 1 WHERE id = ?",
                String.valueOf(latitude),
                String.valueOf(longitude),
                id);
    }

    @Override
    public int assign(Connection connection, long id, String country, String admin1) throws SQLException {
        return Release.update(
                connection,
                "UPDATE places SET country = ?, admin1 = ?, version = version + 1 WHERE id = ?",
                country,
                admin1,
                id);
    }

    @Override
    public int moveNorth(Connection connection, long id, double degrees) throws SQLException {
        // If this fails, the pool rolls back when it gets the connection, and it sets autocommit again in any case.
        connection.setAutoCommit(false);
        int rows = readAndWrite(connection, id, degrees);
        connection.commit();
        return rows;
    }

    private static int readAndWrite(Connection connection, long id, double degrees) throws SQLException {
        Optional<Double> latitude = Release.query(
                connection,
                "SELECT lat FROM places WHERE id = ? FOR UPDATE",
                row -> Double.valueOf(row.getString(1)),
                id);
        return latitude.isEmpty()
                ? 0
                : Release.update(
                        connection,
                        "UPDATE places SET lat = ?, version = version + 1 WHERE id = ?",
                        String.valueOf(latitude.get() + degrees),
                        id);
    }

    @Override
    public boolean finds(Connection connection, long id, String name) throws SQLException {
        return Release.query(
                        connection, "SELECT id FROM places WHERE name = ? AND id = ?", row -> row.getLong(1), name, id)
                .isPresent();
    }
}
