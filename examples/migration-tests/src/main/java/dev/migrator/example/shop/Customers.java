package dev.migrator.example.shop;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** The customers in release 1: each has one name. */
public final class Customers {

    /** Adds a customer. */
    public void add(Connection connection, long id, String name) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO customer (id, name, email) VALUES (?, ?, ?)")) {
            insert.setLong(1, id);
            insert.setString(2, name);
            insert.setString(3, id + "@example.org");
            insert.executeUpdate();
        }
    }

    /** Gives a customer another name. */
    public void rename(Connection connection, long id, String name) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("UPDATE customer SET name = ? WHERE id = ?")) {
            update.setString(1, name);
            update.setLong(2, id);
            update.executeUpdate();
        }
    }

    /** Removes a customer. */
    public void remove(Connection connection, long id) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM customer WHERE id = ?")) {
            delete.setLong(1, id);
            delete.executeUpdate();
        }
    }

    /** A customer's name. */
    public Optional<String> name(Connection connection, long id) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT name FROM customer WHERE id = ?")) {
            select.setLong(1, id);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
            }
        }
    }
}
