package dev.migrator.examples.quickstart;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** A PostgreSQL server of our own, as durable as one in production. It ends with this program, also on Ctrl-C. */
final class Server implements AutoCloseable {

    private static final String DATABASE = "quickstart";
    private static final String OWNER = "app";
    private static final AtomicBoolean EXITING = new AtomicBoolean();

    private final EmbeddedPostgres postgres;
    private final Thread noticeExit = new Thread(() -> EXITING.set(true), "notice-exit");

    private Server(EmbeddedPostgres postgres) {
        this.postgres = postgres;
        Runtime.getRuntime().addShutdownHook(noticeExit);
    }

    /** Starts a server with an empty database that belongs to an ordinary role. */
    static Server start() throws SQLException {
        Server server = new Server(postgres());
        try (Connection connection = server.postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE ROLE " + OWNER + " LOGIN");
            statement.execute("CREATE DATABASE " + DATABASE + " OWNER " + OWNER);
        }
        return server;
    }

    private static EmbeddedPostgres postgres() {
        try {
            // Without the settings it would not care about losing what was committed, and be faster than a real one.
            return EmbeddedPostgres.builder()
                    .setRegisterShutdownHook(true)
                    .setPGStartupWait(Duration.ofSeconds(30))
                    .setServerConfig("fsync", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL did not start", e);
        }
    }

    /** A pool of connections, as each instance of an application has one. */
    HikariDataSource pool(String name, int connections) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(name);
        config.setJdbcUrl(postgres.getJdbcUrl(OWNER, DATABASE));
        config.setMaximumPoolSize(connections);
        config.addDataSourceProperty("ApplicationName", name);
        return new HikariDataSource(config);
    }

    /** Whether this program is being stopped by Ctrl-C, and the server with it. */
    static boolean isExiting() {
        return EXITING.get();
    }

    /** Stops the server and removes its data. */
    @Override
    public void close() {
        try {
            postgres.close();
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL could not be stopped; its port is " + postgres.getPort(), e);
        }
        if (!isExiting()) {
            Runtime.getRuntime().removeShutdownHook(noticeExit);
        }
    }
}
