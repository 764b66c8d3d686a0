package dev.migrator.examples.rolling;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.migrator.Shape;
import dev.migrator.Uses;
import dev.migrator.pg.ApplicationInstance;
import dev.migrator.pg.InstanceSettings;
import dev.migrator.pg.PostgresMigrator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;

/**
 * The application, one instance a process: {@code PUT /users/7} with a name, {@code GET /users/7}, and {@code GET /ready} for the
 * load balancer. Release 1 knows the column {@code name} and nothing of any migration; release 2 bears both shapes, and
 * asks in each transaction which one is its own.
 */
final class Shop {
    private static final String RETRY = "40001";
    private static final int TRIES = 100;

    private final boolean second;
    private final ApplicationInstance instance;

    private Shop(boolean second, ApplicationInstance instance) {
        this.second = second;
        this.instance = instance;
    }

    /**
     * Serves until it is ended; says the port on standard output, and serves then.
     *
     * @param arguments the release, 1 or 2, and the database's URL
     */
    public static void main(String[] arguments) throws IOException {
        boolean second = arguments[0].equals("2");
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(arguments[1]);
        config.setMaximumPoolSize(6);
        config.addDataSourceProperty("ApplicationName", "shop-" + arguments[0]);
        HikariDataSource pool = new HikariDataSource(config);
        PostgresMigrator migrator = PostgresMigrator.builder(pool)
                .release(arguments[0] + ".0")
                .migrations(second ? List.of(Migrations.fullName()) : List.of())
                .build();
        InstanceSettings settings = InstanceSettings.defaults().withLeaseTime(Duration.ofMillis(1500));
        ApplicationInstance instance =
                migrator.register(second ? settings.withUses(Migrations.FULL_NAME, Uses.BOTH) : settings);
        Shop shop = new Shop(second, instance);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newFixedThreadPool(4));
        server.createContext("/ready", shop::ready);
        server.createContext("/users/", shop::user);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            server.stop(1);
            instance.close();
            pool.close();
        }));
        server.start();
        System.out.println(server.getAddress().getPort() + " " + instance.id());
    }

    private void ready(HttpExchange exchange) throws IOException {
        answer(exchange, instance.isLive() ? 200 : 503, "");
    }

    private void user(HttpExchange exchange) throws IOException {
        int id = Integer.parseInt(exchange.getRequestURI().getPath().substring("/users/".length()));
        String name = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        boolean writes = exchange.getRequestMethod().equals("PUT");
        try {
            answer(exchange, 200, patiently(connection -> writes ? write(connection, id, name) : read(connection, id)));
        } catch (SQLException e) {
            answer(exchange, 500, e.getSQLState() + " " + e.getMessage());
        }
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        try (exchange) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    /** What is done in one transaction. */
    @FunctionalInterface
    private interface Work {
        String on(Connection connection) throws SQLException;
    }

    /** As every application does that bears serialization failures: it tries the transaction again. */
    private String patiently(Work work) throws SQLException {
        for (int tries = 1; ; tries++) {
            try (Connection connection = instance.dataSource().getConnection()) {
                connection.setAutoCommit(false);
                try {
                    String result = work.on(connection);
                    connection.commit();
                    return result;
                } catch (SQLException e) {
                    connection.rollback();
                    if (!RETRY.equals(e.getSQLState()) || tries == TRIES) {
                        throw e;
                    }
                }
            }
        }
    }

    /** The column, by the shape of this transaction. */
    private String column(Connection connection) throws SQLException {
        return second && instance.shape(connection, Migrations.FULL_NAME) == Shape.NEW ? "full_name" : "name";
    }

    private String write(Connection connection, int id, String name) throws SQLException {
        String column = column(connection);
        String sql = "INSERT INTO users AS u (id, " + column + ") VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET "
                + column + " = excluded." + column;
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setInt(1, id);
            statement.setString(2, name);
            statement.executeUpdate();
            return name;
        }
    }

    private String read(Connection connection, int id) throws SQLException {
        String sql = "SELECT " + column(connection) + " FROM users WHERE id = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setInt(1, id);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getString(1) : "";
            }
        }
    }
}
