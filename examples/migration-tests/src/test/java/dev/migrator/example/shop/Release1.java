package dev.migrator.example.shop;

import dev.migrator.test.releases.Release;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** Release 1 by its own repository class. */
final class Release1 implements Release<Long, String> {
    private final Customers customers = new Customers();

    @Override
    public void insert(Connection connection, Long key, String value) throws SQLException {
        customers.add(connection, key, value);
    }

    @Override
    public void update(Connection connection, Long key, String value) throws SQLException {
        customers.rename(connection, key, value);
    }

    @Override
    public void delete(Connection connection, Long key) throws SQLException {
        customers.remove(connection, key);
    }

    @Override
    public Optional<String> read(Connection connection, Long key) throws SQLException {
        return customers.name(connection, key);
    }
}
