package dev.migrator.test;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.migrator.test.internal.DatabaseRemoval;
import dev.migrator.test.internal.SpareConnections;
import dev.migrator.test.internal.Waiting;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A database of one test's own, with an owner who is not a superuser: a migrator must do with that, so tests run as the
 * owner unless they ask otherwise.
 *
 * <p>What runs statements here keeps a session or two for the next call, as good as new ones, which are {@code migrator test kit}
 * in {@code pg_stat_activity}, idle, and hold nothing. They throw {@link SqlFailure}. Thread-safe.
 */
public final class TestDatabase implements AutoCloseable {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int MAX_NAME_BYTES = 63;
    private static final int POOL_SIZE = 12;

    private final PostgresServer server;
    private final String suffix;
    private final String name;
    private final String owner;
    private final String password;
    private final List<String> roles = new CopyOnWriteArrayList<>();
    private final SpareConnections asOwner;
    private final SpareConnections asSuperuser;
    private @Nullable HikariDataSource pool;

    private TestDatabase(PostgresServer server, String suffix, String name, String owner, String password) {
        this.server = server;
        this.suffix = suffix;
        this.name = name;
        this.owner = owner;
        this.password = password;
        this.asOwner = new SpareConnections(ofTheKit(dataSource()));
        this.asSuperuser = new SpareConnections(ofTheKit(server.superuser(name)));
    }

    /** Connections that are the kit's own, by their name. */
    static PGSimpleDataSource ofTheKit(PGSimpleDataSource source) {
        source.setApplicationName(SpareConnections.NAME);
        // Sent when the session begins, the driver's settings outlive DISCARD ALL.
        source.setAssumeMinServerVersion("12");
        return source;
    }

    private static TestDatabase named(PostgresServer server, Optional<String> name) {
        String suffix = "%010x".formatted(RANDOM.nextLong() & 0xff_ffff_ffffL);
        // Where the server asks for passwords (one that runs already), every role of this database has this one.
        return new TestDatabase(
                server, suffix, name.orElse("test_" + suffix), "app_owner_" + suffix, "secret_" + suffix);
    }

    static TestDatabase create(PostgresServer server) {
        TestDatabase database = named(server, Optional.empty());
        // template0: nobody can be connected to it, so that many tests create databases at once.
        database.create("template0 ENCODING 'UTF8'");
        database.executeAsSuperuser("ALTER SCHEMA public OWNER TO " + Sql.quote(database.owner));
        return database;
    }

    /**
     * A copy of a database that is {@linkplain #shut shut}, with an owner of its own.
     *
     * @param copyName the copy's name; empty: one that no other database has
     */
    TestDatabase copy(Optional<String> copyName) {
        TestDatabase copy = named(server, copyName);
        copy.create(Sql.quote(name));
        // What the owner of this one owns is in the database and nowhere else: shut() has taken the database itself.
        copy.executeAsSuperuser("REASSIGN OWNED BY %s TO %s".formatted(Sql.quote(owner), Sql.quote(copy.owner)));
        return copy;
    }

    private void create(String template) {
        with(server.spareAdmins(), admin -> {
            Sql.execute(admin, "CREATE ROLE %s LOGIN PASSWORD %s".formatted(Sql.quote(owner), Sql.literal(password)));
            roles.add(owner);
            try {
                Sql.execute(
                        admin,
                        "CREATE DATABASE %s TEMPLATE %s OWNER %s"
                                .formatted(Sql.quote(name), template, Sql.quote(owner)));
            } catch (SqlFailure e) {
                Sql.execute(admin, "DROP ROLE " + Sql.quote(owner));
                throw e;
            }
            return true;
        });
    }

    /** Nobody connects to it from now on, so that it may be copied at any time. */
    void shut() {
        awaitNoSessions();
        with(server.spareAdmins(), admin -> {
            Sql.execute(
                    admin,
                    "ALTER DATABASE %s WITH ALLOW_CONNECTIONS false".formatted(Sql.quote(name)),
                    "ALTER DATABASE %s OWNER TO CURRENT_USER".formatted(Sql.quote(name)));
            return true;
        });
    }

    /** The server on which it is. */
    public PostgresServer server() {
        return server;
    }

    /** Its name. */
    public String name() {
        return name;
    }

    /** Its URL, without a user; {@link #user()} is the one to use with it. */
    public String url() {
        return server.url(name);
    }

    /** Its URL through a proxy. */
    public String url(TcpProxy proxy) {
        return "jdbc:postgresql://%s:%d/%s".formatted(proxy.host(), proxy.port(), name);
    }

    /** Its URL with the superuser of the server, and the password if there is one. */
    String superuserUrl() {
        PGSimpleDataSource superuser = server.superuser(name);
        String password = Objects.requireNonNullElse(superuser.getPassword(), "");
        return url() + "?user=" + encode(superuser.getUser())
                + (password.isEmpty() ? "" : "&password=" + encode(password));
    }

    private static String encode(@Nullable String text) {
        return URLEncoder.encode(Objects.requireNonNullElse(text, ""), StandardCharsets.UTF_8);
    }

    /** The owner: may log in, owns the database and its schema {@code public}, is no superuser. */
    public String user() {
        return owner;
    }

    /** The password of the owner and of every role made here; an embedded server does not ask for it. */
    public String password() {
        return password;
    }

    /** Connections of the owner. */
    public PGSimpleDataSource dataSource() {
        return dataSource(owner);
    }

    /** Connections of a role. */
    public PGSimpleDataSource dataSource(String role) {
        return server.dataSource(name, role, password);
    }

    /** Connections of the owner with properties of pgjdbc, e.g. {@code preferQueryMode}, {@code simple}. */
    public PGSimpleDataSource dataSource(Map<String, String> properties) {
        PGSimpleDataSource source = dataSource();
        properties.forEach((property, value) -> {
            try {
                source.setProperty(property, value);
            } catch (SQLException e) {
                throw new IllegalArgumentException("pgjdbc refuses %s=%s".formatted(property, value), e);
            }
        });
        return source;
    }

    /**
     * Connections of the owner that are kept for their next use, as an application has them. One pool for the database, made when
     * it is first asked for; it ends with the database, or with {@link #closePool}.
     */
    public synchronized DataSource pool() {
        if (pool == null) {
            HikariConfig settings = new HikariConfig();
            settings.setDataSource(dataSource(Map.of("preferQueryMode", "extendedForPrepared")));
            settings.setPoolName(name);
            settings.setMinimumIdle(0);
            settings.setMaximumPoolSize(POOL_SIZE);
            settings.setInitializationFailTimeout(-1);
            pool = new HikariDataSource(settings);
        }
        return pool;
    }

    /** Ends the connections of the pool; the next use of {@link #pool()} makes another one. */
    public synchronized void closePool() {
        if (pool != null) {
            pool.close();
            pool = null;
        }
    }

    /** Connections of the owner through a proxy. */
    public PGSimpleDataSource dataSource(TcpProxy proxy) {
        PGSimpleDataSource source = dataSource();
        source.setServerNames(new String[] {proxy.host()});
        source.setPortNumbers(new int[] {proxy.port()});
        return source;
    }

    /** A connection of the owner; the caller closes it. */
    public Connection connect() {
        return open(dataSource());
    }

    /** A connection of a role; the caller closes it. */
    public Connection connectAs(String role) {
        return open(dataSource(role));
    }

    /** A connection of a superuser; the caller closes it. */
    public Connection connectAsSuperuser() {
        return open(server.superuser(name));
    }

    private Connection open(PGSimpleDataSource source) {
        try {
            return source.getConnection();
        } catch (SQLException e) {
            throw new SqlFailure("connecting to " + name + " as " + source.getUser(), e);
        }
    }

    /** Runs statements as the owner, on one connection, each committed by itself. */
    public void execute(String... statements) {
        with(asOwner, connection -> {
            Sql.execute(connection, statements);
            return true;
        });
        executed(statements);
    }

    /** Runs statements as a superuser, on one connection, each committed by itself. */
    public void executeAsSuperuser(String... statements) {
        with(asSuperuser, connection -> {
            Sql.execute(connection, statements);
            return true;
        });
        executed(statements);
    }

    private void executed(String... statements) {
        asOwner.executed(statements);
        asSuperuser.executed(statements);
    }

    /** The rows as text, as psql would show them, NULL as {@code <null>}. */
    public List<List<String>> queryRows(String sql, Object... arguments) {
        return with(asOwner, connection -> Sql.queryRows(connection, sql, arguments));
    }

    /** The first column of every row, as {@link #queryRows} gives it. */
    public List<String> queryStrings(String sql, Object... arguments) {
        return queryRows(sql, arguments).stream().map(row -> row.get(0)).toList();
    }

    /** The only value of the only row, as {@link #queryRows} gives it. */
    public String queryString(String sql, Object... arguments) {
        return with(asOwner, connection -> Sql.queryValue(connection, sql, arguments));
    }

    /** The only value of the only row, a number. */
    public long queryLong(String sql, Object... arguments) {
        return Long.parseLong(queryString(sql, arguments));
    }

    /** The only value of the only row, a boolean. */
    public boolean queryBoolean(String sql, Object... arguments) {
        return "t".equals(queryString(sql, arguments));
    }

    /**
     * Makes a role that may log in, of this database alone: it is dropped with it.
     *
     * @param prefix what its name begins with, at most 52 bytes; any characters
     * @param options further options of {@code CREATE ROLE}, e.g. {@code BYPASSRLS}
     * @return its name, which is different for each database, as roles belong to the whole server
     */
    public String createRole(String prefix, String... options) {
        String role = prefix + "_" + suffix;
        if (role.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
            throw new IllegalArgumentException("The role's name would be cut to 63 bytes: " + role);
        }
        executeAsSuperuser("CREATE ROLE %s LOGIN PASSWORD %s %s"
                .formatted(Sql.quote(role), Sql.literal(password), String.join(" ", options)));
        roles.add(role);
        return role;
    }

    /** A picture of schemas as they are now; of all but the server's own ones if none is named. */
    public SchemaSnapshot snapshot(String... schemas) {
        return with(asSuperuser, connection -> SchemaSnapshot.of(connection, schemas));
    }

    /** The client sessions in this database now but the kit's own, a line each: process, application, state and statement. */
    public List<String> sessions() {
        return with(asSuperuser, connection -> Sql.queryRows(
                        connection,
                        """
                        SELECT format('%s %s %s %s', pid, application_name, state, query) FROM pg_catalog.pg_stat_activity
                        WHERE datname = ? AND backend_type = 'client backend' AND application_name <> ?
                        ORDER BY pid
                        """,
                        name,
                        SpareConnections.NAME)
                .stream()
                .map(row -> row.get(0))
                .toList());
    }

    /**
     * Waits until no client session is left in this database: a session whose client is dead ends a moment later. Those of the
     * pool that nobody uses are ended.
     */
    public void awaitNoSessions() {
        Waiting.until(Duration.ofSeconds(30), () -> "sessions in " + name + ": " + sessions(), () -> {
            endIdleConnections();
            return sessions().isEmpty();
        });
        endSpares();
    }

    private synchronized void endIdleConnections() {
        if (pool != null && pool.getHikariPoolMXBean() != null) {
            pool.getHikariPoolMXBean().softEvictConnections();
        }
    }

    /** Drops the database, whoever is connected to it, and its roles. */
    @Override
    public void close() {
        closePool();
        try {
            with(asSuperuser, inside -> {
                DatabaseRemoval.clear(inside);
                return true;
            });
        } catch (SqlFailure gone) {
            // Closed before, or the test dropped it; the next statements say IF EXISTS.
        }
        asOwner.close();
        asSuperuser.close();
        with(server.spareAdmins(), admin -> {
            Sql.execute(admin, "DROP DATABASE IF EXISTS %s WITH (FORCE)".formatted(Sql.quote(name)));
            roles.forEach(role -> Sql.execute(admin, "DROP ROLE IF EXISTS " + Sql.quote(role)));
            return true;
        });
    }

    /**
     * Leaves the database, and the server if it is one of ours, to be looked at after the JVM has ended.
     *
     * @return where it is and how it is removed, for people
     */
    public String keep() {
        return "Its database stays: psql '%s' (password, if asked: %s). %s"
                .formatted(url().substring("jdbc:".length()) + "?user=" + owner, password, server.keep(name));
    }

    private <T> T with(SpareConnections connections, SpareConnections.Use<T> use) {
        try {
            return connections.with(use);
        } catch (SQLException e) {
            throw new SqlFailure("connecting to " + name, e);
        }
    }

    private void endSpares() {
        asOwner.clear();
        asSuperuser.clear();
    }

    @Override
    public String toString() {
        return url() + "?user=" + owner;
    }
}
