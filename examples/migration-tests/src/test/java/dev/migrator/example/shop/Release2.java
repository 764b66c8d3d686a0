package dev.migrator.example.shop;

import dev.migrator.test.releases.Release;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** Release 2 by its own repository class. */
final class Release2 implements Release<Long, FullName> {
    private final NamedCustomers customers = new NamedCustomers();

    @Override
    public void insert(Connection connection, Long key, FullName value) throws SQLException {
        customers.add(connection, key, value);
    }

    @Override
    public void update(Connection connection, Long key, FullName value) throws SQLException {
        customers.rename(connection, key, value);
    }

    @Override
    public void delete(Connection connection, Long key) throws SQLException {
        customers.remove(connection, key);
    }

    @Override
    public Optional<FullName> read(Connection connection, Long key) throws SQLException {
        return customers.name(connection, key);
    }
}
