package dev.migrator.pg.execute;

import static dev.migrator.pg.execute.ExecutionSite.USERS;
import static dev.migrator.pg.execute.ExecutionSite.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.migrator.Identifier;
import dev.migrator.engine.StepFailure;
import dev.migrator.engine.StepStatus;
import dev.migrator.plan.Action;
import dev.migrator.plan.Step;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** What can't run in a transaction needs a session of its own, without timeouts. */
class DirectSessionTest {
    private static final Step BUILD = ExecutionSite.step(
            1,
            new Action.BuildIndex(USERS, Identifier.of("by_name"), false, "USING btree (name)"),
            new Action.DropIndex(USERS, Identifier.of("by_name")));

    private static ExecutionSite site() {
        ExecutionSite site = ExecutionSite.of(BUILD);
        site.db.execute("CREATE TABLE users (id int, name text)");
        return site;
    }

    @Test
    void theTimeoutsOfARoleDoNotReachTheBuild() {
        try (ExecutionSite site = site()) {
            site.db.executeAsSuperuser(
                    "ALTER ROLE \"" + site.db.user() + "\" SET statement_timeout = '50ms'",
                    "CREATE FUNCTION slow(text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.3);"
                            + " RETURN $1; END $$");
            Step slow = ExecutionSite.step(
                    1,
                    new Action.BuildIndex(USERS, Identifier.of("by_name"), false, "USING btree (slow(name))"),
                    new Action.Nothing());
            site.db.execute("INSERT INTO users VALUES (1, 'Ann')");
            site.executor().run(site.lease, slow, site.control());
            assertThat(site.status(1)).isEqualTo(StepStatus.DONE);
        }
    }

    @Test
    void aConnectionGoesBackToItsPoolAsItCame() throws SQLException {
        try (ExecutionSite site = site();
                HikariDataSource pool = pool(site, 1)) {
            site.executor(site.db.dataSource(), pool, settings()).run(site.lease, BUILD, site.control());
            try (Connection connection = pool.getConnection();
                    var statement = connection.createStatement();
                    var rows = statement.executeQuery("SELECT count(*) FROM pg_settings WHERE source = 'session'"
                            + " AND name LIKE '%timeout%'")) {
                rows.next();
                assertThat(rows.getInt(1)).isZero();
            }
        }
    }

    @Test
    void aPoolOfTwoConnectionsIsEnoughForEverything() {
        try (ExecutionSite site = site();
                HikariDataSource pool = pool(site, 2)) {
            // The other one is what heartbeat and checkpoints use.
            var executor = site.executor(pool, pool, settings());
            executor.run(site.lease, BUILD, site.control());
            executor.undo(site.lease, BUILD, site.control());
            assertThat(site.status(1)).isEqualTo(StepStatus.PLANNED);
        }
    }

    private static HikariDataSource pool(ExecutionSite site, int size) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(site.db.dataSource());
        config.setMaximumPoolSize(size);
        config.setConnectionTimeout(5_000);
        return new HikariDataSource(config);
    }

    @Test
    void aPoolerThatSharesOutBackendsIsRefused() throws SQLException {
        try (ExecutionSite site = site();
                Connection first = site.db.dataSource().getConnection();
                Connection second = site.db.dataSource().getConnection()) {
            AtomicInteger statements = new AtomicInteger();
            DataSource pooler = pooler(() -> statements.incrementAndGet() % 2 == 0 ? first : second);
            assertThatThrownBy(() -> site.executor(site.db.dataSource(), pooler, settings())
                            .run(site.lease, BUILD, site.control()))
                    .isInstanceOf(StepFailure.class)
                    .hasMessageContaining("--direct-url");
            assertThat(site.db.queryStrings(
                            "SELECT indexrelid::regclass FROM pg_index WHERE indrelid = 'users'::regclass"))
                    .isEmpty();
        }
    }

    @Test
    void aPoolerWhoseOnlyBackendIsSharedIsRefusedToo() throws SQLException {
        try (ExecutionSite site = site();
                Connection only = site.db.dataSource().getConnection()) {
            assertThatThrownBy(() -> site.executor(site.db.dataSource(), pooler(() -> only), settings())
                            .run(site.lease, BUILD, site.control()))
                    .isInstanceOf(StepFailure.class)
                    .hasMessageContaining("two sessions share the backend")
                    .hasMessageContaining("--direct-url");
        }
    }

    @Test
    void aPoolerThatKeepsABackendForEachOfItsSessionsWillDo() {
        try (ExecutionSite site = site()) {
            ClassLoader loader = DirectSessionTest.class.getClassLoader();
            DataSource pooler = (DataSource)
                    Proxy.newProxyInstance(loader, new Class<?>[] {DataSource.class}, (proxy, method, args) -> {
                        Connection own = site.db.connect();
                        return client(() -> own, true);
                    });
            site.executor(site.db.dataSource(), pooler, settings()).run(site.lease, BUILD, site.control());
            assertThat(site.status(1)).isEqualTo(StepStatus.DONE);
            site.db.awaitNoSessions();
        }
    }

    private interface Backends {
        Connection next();
    }

    /** A pooler in transaction mode: each statement goes to whichever backend is next, and its cancel key is its own. */
    private static DataSource pooler(Backends backends) {
        return (DataSource) Proxy.newProxyInstance(
                DirectSessionTest.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, args) -> client(backends, false));
    }

    private static Connection client(Backends backends, boolean closes) {
        return (Connection) Proxy.newProxyInstance(
                DirectSessionTest.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, args) -> {
                    if (method.getName().equals("unwrap")) {
                        throw new SQLException("no such thing");
                    } else if (method.getName().equals("setAutoCommit")
                            || (method.getName().equals("close") && !closes)) {
                        return null;
                    }
                    try {
                        return method.invoke(backends.next(), args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
