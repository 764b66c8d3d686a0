package dev.migrator.examples.rolling;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.postgresql.ds.PGSimpleDataSource;

/** A PostgreSQL server of our own, with a role that migrates and one that is the application's. It ends with this program. */
final class Database implements AutoCloseable {
    static final int USERS = 20_000;
    private static final String NAME = "shop";
    private static final String OWNER = "shop_owner";
    private static final String APPLICATION = "shop_app";

    private final EmbeddedPostgres postgres;

    private Database(EmbeddedPostgres postgres) {
        this.postgres = postgres;
    }

    static Database start() throws SQLException {
        Database database = new Database(postgres());
        try (Connection connection = database.postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE ROLE " + OWNER + " LOGIN");
            statement.execute("CREATE ROLE " + APPLICATION + " LOGIN");
            // The gate sees whose sessions there are; without this it would say that it can't.
            statement.execute("GRANT pg_read_all_stats TO " + OWNER);
            statement.execute("CREATE DATABASE " + NAME + " OWNER " + OWNER);
        }
        database.asOwner(
                "CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL)",
                "INSERT INTO users SELECT g, 'user ' || g FROM generate_series(1, " + USERS + ") AS g",
                "GRANT SELECT, INSERT, UPDATE ON users TO " + APPLICATION);
        return database;
    }

    private static EmbeddedPostgres postgres() {
        try {
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

    /** What an application's role needs beside its tables: to register. */
    void letApplicationsRegister() throws SQLException {
        asOwner("GRANT USAGE ON SCHEMA migrator TO " + APPLICATION);
    }

    private void asOwner(String... statements) throws SQLException {
        try (Connection connection = owner().getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** Connections of the role that migrates. */
    PGSimpleDataSource owner() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(postgres.getJdbcUrl(OWNER, NAME));
        source.setApplicationName("deployment");
        return source;
    }

    /** Where an application connects. */
    String applicationUrl() {
        return postgres.getJdbcUrl(APPLICATION, NAME);
    }

    @Override
    public void close() {
        try {
            postgres.close();
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL could not be stopped; its port is " + postgres.getPort(), e);
        }
    }
}
