package dev.migrator.examples.quickstart;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** The third release, which is taken back: {@code label}, {@code country_code} and {@code subdivision}. */
final class Release3 implements Release {

    @Override
    public String name() {
        return "Release 3";
    }

    @Override
    public List<String> columns() {
        return List.of("label", "country_code", "subdivision", "latitude", "longitude");
    }

    @Override
    public Place place(ResultSet row, int first, int version) throws SQLException {
        return new Place(
                row.getString(first),
                row.getString(first + 1),
                row.getString(first + 2),
                row.getDouble(first + 3),
                row.getDouble(first + 4),
                version);
    }

    @Override
    public int insert(Connection connection, long id, Place place) throws SQLException {
        return Release.update(
                connection,
                """
                INSERT INTO places (id, label, country_code, subdivision, latitude, longitude)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
                id,
                place.name(),
                place.country(),
                place.admin1(),
                place.latitude(),
                place.longitude());
    }

    @Override
    public int rename(Connection connection, long id, String name) throws SQLException {
        return Release.update(connection, "UPDATE places SET label = ?, version = version + 1 WHERE id = ?", name, id);
    }

    @Override
    public int move(Connection connection, long id, double latitude, double longitude) throws SQLException {
        return Release.update(
                connection,
                "UPDATE places SET latitude = ?, longitude = ?, version = version + 1 WHERE id = ?",
                latitude,
                longitude,
                id);
    }

    @Override
    public int assign(Connection connection, long id, String country, String admin1) throws SQLException {
        return Release.update(
                connection,
                "UPDATE places SET country_code = ?, subdivision = ?, version = version + 1 WHERE id = ?",
                country,
                admin1,
                id);
    }

    @Override
    public int moveNorth(Connection connection, long id, double degrees) throws SQLException {
        return Release.update(
                connection,
                "UPDATE places SET latitude = latitude + ?, version = version + 1 WHERE id = ?",
                degrees,
                id);
    }

    @Override
    public boolean finds(Connection connection, long id, String name) throws SQLException {
        return Release.query(
                        connection, "SELECT id FROM places WHERE label = ? AND id = ?", row -> row.getLong(1), name, id)
                .isPresent();
    }
}
