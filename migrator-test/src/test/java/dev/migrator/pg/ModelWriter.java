package dev.migrator.pg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.test.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** Writes rows that are its own, by the old column or the new one, and remembers what every row must be. */
final class ModelWriter implements Runnable {
    private final TestDatabase database;
    private final int part;
    private final int parts;
    private final SplittableRandom random;
    private final Map<Integer, String> model = new TreeMap<>();
    private final List<String> failures = Collections.synchronizedList(new ArrayList<>());
    private final Thread thread = new Thread(this, "writer");
    private final int rows;
    private volatile boolean stopping;
    private int written;

    ModelWriter(TestDatabase database, int part, int parts, int rows, long seed) {
        this.database = database;
        this.part = part;
        this.parts = parts;
        this.rows = rows;
        this.random = new SplittableRandom(seed);
        for (int id = 1; id <= rows; id++) {
            if (id % parts == part) {
                model.put(id, "n" + id);
            }
        }
    }

    void start() {
        thread.start();
    }

    void stop() {
        stopping = true;
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    List<String> failures() {
        return List.copyOf(failures);
    }

    @Override
    public void run() {
        try (Connection connection = database.dataSource().getConnection()) {
            while (!stopping) {
                write(connection);
            }
        } catch (SQLException e) {
            failures.add(String.valueOf(e.getMessage()));
        }
    }

    private void write(Connection connection) throws SQLException {
        int id = random.nextInt(1, rows / parts) * parts + part;
        String value = "w" + part + "/" + written++;
        boolean keep = random.nextInt(5) > 0;
        connection.setAutoCommit(false);
        switch (random.nextInt(5)) {
            case 0 -> put(connection, keep, id, "UPDATE users SET name = ? WHERE id = ?", value);
            case 1 -> put(connection, keep, id, "UPDATE users SET full_name = ? WHERE id = ?", value);
            case 2 ->
                put(
                        connection,
                        keep,
                        id,
                        "INSERT INTO users (name, id) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name",
                        value);
            case 3 -> {
                try (PreparedStatement lock =
                        connection.prepareStatement("SELECT FROM users WHERE id BETWEEN ? AND ? FOR UPDATE")) {
                    lock.setInt(1, id);
                    lock.setInt(2, id);
                    lock.execute();
                }
                put(connection, keep, id, "UPDATE users SET name = ? WHERE id = ?", value);
            }
            default -> delete(connection, keep, id);
        }
        if (keep) {
            connection.commit();
        } else {
            connection.rollback();
        }
    }

    private void put(Connection connection, boolean keep, int id, String sql, String value) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, value);
            statement.setInt(2, id);
            if (statement.executeUpdate() == 1 && keep) {
                model.put(id, value);
            }
        }
    }

    private void delete(Connection connection, boolean keep, int id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("DELETE FROM users WHERE id = ?")) {
            statement.setInt(1, id);
            if (statement.executeUpdate() == 1 && keep) {
                model.remove(id);
            }
        }
    }

    /** Both shapes of every row are what was written last. */
    void assertEverythingIsThere() throws SQLException {
        Map<Integer, String> found = new TreeMap<>();
        try (Connection connection = database.dataSource().getConnection();
                PreparedStatement query = connection.prepareStatement(
                        "SELECT id, name, full_name FROM users WHERE id % " + parts + " = " + part);
                ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                found.put(rows.getInt(1), rows.getString(2));
                assertThat(rows.getString(3)).isEqualTo(rows.getString(2));
            }
        }
        assertThat(found).isEqualTo(model);
        assertThat(written).isPositive();
    }
}
