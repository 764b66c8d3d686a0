package dev.migrator.pg;

import dev.migrator.Shape;
import dev.migrator.Uses;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A release that bears both shapes, in a process of its own that may be paused or killed. Each transaction asks which one is its
 * own, and writes a row by that. A statement that fails otherwise than by being refused ends it. Says {@code ready}, then what it does: {@code OLD} or {@code NEW}
 * after a commit, {@code refused} where it was.
 */
final class PausedApplication {
    private PausedApplication() {}

    /** Runs until it is killed; takes the database's URL, user and password. */
    public static void main(String[] arguments) throws SQLException {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(arguments[0]);
        source.setUser(arguments[1]);
        source.setPassword(arguments[2]);
        source.setApplicationName("paused");
        PostgresMigrator migrator = PostgresMigrator.builder(source)
                .release("1.5")
                .migrations(List.of(PausedProcessTest.REGISTERED))
                .build();
        InstanceSettings settings = InstanceSettings.defaults()
                .withLeaseTime(Duration.ofSeconds(1))
                .withUses(PausedProcessTest.REGISTERED.id(), Uses.BOTH);
        try (ApplicationInstance instance = migrator.register(settings);
                Connection connection = instance.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            System.out.println("ready");
            for (int id = 1001; ; id++) {
                System.out.println(write(instance, connection, id));
                LockSupport.parkNanos(Duration.ofMillis(3).toNanos());
            }
        }
    }

    private static String write(ApplicationInstance instance, Connection connection, int id) throws SQLException {
        try {
            Shape shape = instance.shape(connection, PausedProcessTest.REGISTERED.id());
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO users (id, "
                    + (shape == Shape.OLD ? "name" : "full_name") + ") VALUES (?, 'user ' || ?)")) {
                insert.setInt(1, id);
                insert.setInt(2, id);
                insert.executeUpdate();
            }
            connection.commit();
            return shape.name();
        } catch (SQLException e) {
            connection.rollback();
            if (!"40001".equals(e.getSQLState())) {
                throw e;
            }
            return "refused";
        }
    }
}
