package dev.migrator.cli;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.util.Optional;

/**
 * How the database is reached.
 *
 * @param url its JDBC URL
 * @param directUrl its JDBC URL without a pooler between
 * @param user the role
 * @param password the password, if the environment gives one
 */
record ConnectionSettings(String url, Optional<String> directUrl, Optional<String> user, Optional<String> password) {
    private static final int CONNECTIONS = 4;
    private static final long TIMEOUT_MILLIS = 10_000;

    @Override
    public String toString() {
        return "connection of " + user.orElse("the default user"); // a URL may hold a password
    }

    /** A small pool; throws at once if the database can't be reached. */
    HikariDataSource pool() {
        return pool(url);
    }

    /** A pool without a pooler between, or the same database once more. */
    Optional<HikariDataSource> directPool() {
        return directUrl.map(this::pool);
    }

    private HikariDataSource pool(String place) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("migrator");
        config.setJdbcUrl(place);
        user.ifPresent(config::setUsername);
        password.ifPresent(config::setPassword);
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(TIMEOUT_MILLIS);
        // One protocol message for each transaction that holds locks, and no prepared statement that a pooler would
        // lose.
        config.addDataSourceProperty("preferQueryMode", "extendedForPrepared");
        config.addDataSourceProperty("prepareThreshold", "0");
        config.addDataSourceProperty("ApplicationName", "migrator");
        config.addDataSourceProperty("tcpKeepAlive", "true");
        config.addDataSourceProperty("connectTimeout", "5");
        return new HikariDataSource(config);
    }
}
