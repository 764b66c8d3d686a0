package dev.migrator.examples.quickstart;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** The second release: {@code full_name}, {@code region} such as {@code DE-05}, and coordinates that are numbers. */
final class Release2 implements Release {

    @Override
    public String name() {
        return "Release 2";
    }

    @Override
    public List<String> columns() {
        return List.of("full_name", "region", "latitude", "longitude");
    }

    @Override
    public Place place(ResultSet row, int first, int version) throws SQLException {
        String region = row.getString(first + 1);
        return new Place(
                row.getString(first),
                region.substring(0, 2),
                region.substring(3),
                row.getDouble(first + 2),
                row.getDouble(first + 3),
                version);
    }

    private static String region(String country, String admin1) {
        return country + "-" + admin1;
    }

    @Override
    public int insert(Connection connection, long id, Place place) throws SQLException {
        return Release.update(
                connection,
                "INSERT INTO places (id, full_name, region, latitude, longitude) VALUES (?, ?, ?, ?, ?)",
                id,
                place.name(),
                region(place.country(), place.admin1()),
                place.latitude(),
                place.longitude());
    }

    @Override
    public int rename(Connection connection, long id, String name) throws SQLException {
        return Release.update(
                connection, "UPDATE places SET full_name = ?, version = version + 1 WHERE id = ?", name, id);
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
                "UPDATE places SET region = ?, version = version + 1 WHERE id = ?",
                region(country, admin1),
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
                        connection,
                        "SELECT id FROM places WHERE full_name = ? AND id = ?",
                        row -> row.getLong(1),
                        name,
                        id)
                .isPresent();
    }
}
