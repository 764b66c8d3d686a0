package dev.migrator.pg.internal.release;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.jdbc.AutoSave;
import org.postgresql.jdbc.PreferQueryMode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Care for the application's pool where its transactions do not enter. */
public final class Pools {
    private static final Logger LOG = LoggerFactory.getLogger(Pools.class);

    /** The {@code application_name} of connections of which nobody has said whose they are: none, and that of the driver. */
    static final List<String> NO_NAMES = List.of("", "PostgreSQL JDBC Driver");

    private static final int CONNECTIONS = 5;

    private Pools() {}

    /** What is to be changed of a pool so that migrations can be taken forward on it; none: it will do. */
    public static List<String> tooSmall(DataSource source) {
        try {
            if (source.isWrapperFor(HikariDataSource.class)) {
                int size = source.unwrap(HikariDataSource.class).getMaximumPoolSize();
                if (size < CONNECTIONS) {
                    return List.of(
                            "The pool has " + size + " connections; taking migrations forward needs up to "
                                    + CONNECTIONS
                                    + " at a time beside those of the application. Make it larger, or give the migrator a pool of its own.");
                }
            }
        } catch (SQLException e) {
            LOG.debug("The pool's size can't be seen", e);
        }
        return List.of();
    }

    /** Lets a HikariCP pool replace its connections, each when it comes back: what they have prepared is out of date. */
    public static void evict(DataSource source) {
        try {
            if (source.isWrapperFor(HikariDataSource.class)) {
                HikariPoolMXBean pool = source.unwrap(HikariDataSource.class).getHikariPoolMXBean();
                if (pool != null) {
                    pool.softEvictConnections();
                    LOG.debug("Tables have changed: the pool replaces its connections");
                }
            }
        } catch (SQLException e) {
            LOG.debug("The pool's connections are not replaced", e);
        }
    }

    /** What is to be changed of the driver's settings so that no statement fails when tables change; none: they will do. */
    static List<String> advice(Connection connection) {
        try {
            if (!connection.isWrapperFor(PGConnection.class)) {
                return List.of();
            }
            PGConnection driver = connection.unwrap(PGConnection.class);
            List<String> advice = new ArrayList<>();
            int threshold = driver.getPrepareThreshold();
            boolean prepares = threshold != 0 && driver.getPreferQueryMode() != PreferQueryMode.SIMPLE;
            if (prepares && driver.getAutosave() == AutoSave.NEVER) {
                advice.add("prepareThreshold=" + threshold
                        + " with autosave=never: inside of a transaction, a statement"
                        + " that the driver has prepared on the server fails once when a column changes that it answers"
                        + " (cached plan must not change result type). Take connections from"
                        + " ApplicationInstance.dataSource(), or set autosave=conservative, or prepareThreshold=0.");
            }
            if (NO_NAMES.contains(driver.getParameterStatus("application_name"))) {
                advice.add(
                        "ApplicationName is not set: the sessions of this application can't be told from those of others of the"
                                + " same user, so the gate releases stays closed. Set it, e.g. in the URL: ?ApplicationName=shop.");
            }
            return List.copyOf(advice);
        } catch (SQLException e) {
            LOG.debug("The driver's settings can't be seen", e);
            return List.of();
        }
    }
}
