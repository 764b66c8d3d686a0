package dev.migrator.cli;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import java.util.Map;
import java.util.Optional;

/**
 * How the database is reached.
 *
 * @param url its JDBC URL
 * @param directUrl its JDBC URL without a pooler between
 * @param user the role
 * @param password the password, if the environment gives one; else the driver looks into {@code .pgpass}
 */
record ConnectionSettings(String url, Optional<String> directUrl, Optional<String> user, Optional<String> password) {
    /** Opened as they are needed: four at most, and one for each worker of a backfill beyond the first. */
    private static final int CONNECTIONS = 4 + 63;

    private static final long TIMEOUT_MILLIS = 10_000;

    /**
     * Settings from options, and from the environment where there is none.
     *
     * @throws UsageException if it is not said which database, or not by a URL of PostgreSQL; never quotes the URL,
     *     which may hold a password
     */
    static ConnectionSettings of(
            Optional<String> url, Optional<String> directUrl, Optional<String> user, Map<String, String> environment) {
        String place = url.or(() -> variable(environment, "MIGRATOR_URL"))
                .orElseThrow(() -> new UsageException(
                        "Which database? Give --url, or set the environment variable MIGRATOR_URL."));
        String source = url.isPresent() ? "--url" : "MIGRATOR_URL";
        ServerAddress.check(source, place);
        directUrl.ifPresent(direct -> ServerAddress.check("--direct-url", direct));
        return new ConnectionSettings(
                place,
                directUrl,
                user.or(() -> variable(environment, "MIGRATOR_USER")),
                variable(environment, "MIGRATOR_PASSWORD"));
    }

    private static Optional<String> variable(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }

    @Override
    public String toString() {
        return "connection of " + user.orElse("the default user"); // a URL may hold a password
    }

    /**
     * A small pool.
     *
     * @throws ConnectionFailedException at once if the database can't be reached
     */
    HikariDataSource pool() {
        return pool(url);
    }

    /** A pool without a pooler between; empty: the same connections will do. */
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
        // No socketTimeout: an index build is silent for hours. A dead peer is noticed by TCP.
        config.addDataSourceProperty("tcpKeepAlive", "true");
        config.addDataSourceProperty("connectTimeout", "5");
        try {
            return new HikariDataSource(config);
        } catch (PoolInitializationException e) {
            throw new ConnectionFailedException(ServerAddress.describe(place, user), e);
        }
    }
}
