package dev.migrator.test.releases;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/**
 * What a release of the application does with its data: the team's own repository classes, or {@link SqlRelease SQL}.
 *
 * <p>Each method gets a connection in autocommit mode, of the owner of the database, and leaves it so. It throws what its
 * statements throw: a statement that fails is what the test is for. Called by several threads at once, each with a connection
 * of its own.
 *
 * @param <K> what names a record
 * @param <V> a record as this release knows it; compared by {@code equals}
 */
public interface Release<K, V> {

    /** Adds a record that is not there. */
    void insert(Connection connection, K key, V value) throws SQLException;

    /** Changes a record that is there. */
    void update(Connection connection, K key, V value) throws SQLException;

    /** Removes a record that is there. */
    void delete(Connection connection, K key) throws SQLException;

    /** A record; empty if it is not there. */
    Optional<V> read(Connection connection, K key) throws SQLException;
}
