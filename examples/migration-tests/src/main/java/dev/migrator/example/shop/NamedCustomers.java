package dev.migrator.example.shop;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** The customers in release 2: each has a given and a family name. */
public final class NamedCustomers {

    /** Adds a customer. */
    public void add(Connection connection, long id, FullName name) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO customer (id, given_name, family_name, email) VALUES (?, ?, ?, ?)")) {
            insert.setLong(1, id);
            insert.setString(2, name.given());
            insert.setString(3, name.family());
            insert.setString(4, id + "@example.org");
            insert.executeUpdate();
        }
    }

    /** Gives a customer another name. */
    public void rename(Connection connection, long id, FullName name) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE customer SET given_name = ?, family_name = ? WHERE id = ?")) {
            update.setString(1, name.given());
            update.setString(2, name.family());
            update.setLong(3, id);
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
    public Optional<FullName> name(Connection connection, long id) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT given_name, family_name FROM customer WHERE id = ?")) {
            select.setLong(1, id);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? Optional.of(new FullName(row.getString(1), row.getString(2))) : Optional.empty();
            }
        }
    }
}
