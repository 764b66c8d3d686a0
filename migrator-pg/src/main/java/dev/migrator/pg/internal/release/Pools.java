package dev.migrator.pg.internal.release;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import java.sql.Connection;
import java.sql.SQLException;
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

    private Pools() {}

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
            int threshold = driver.getPrepareThreshold();
            boolean prepares = threshold != 0 && driver.getPreferQueryMode() != PreferQueryMode.SIMPLE;
            return prepares && driver.getAutosave() == AutoSave.NEVER
                    ? List.of("prepareThreshold=" + threshold
                            + " with autosave=never: inside of a transaction, a statement"
                            + " that the driver has prepared on the server fails once when a column changes that it answers"
                            + " (cached plan must not change result type). Take connections from"
                            + " ApplicationInstance.dataSource(), or set autosave=conservative, or prepareThreshold=0.")
                    : List.of();
        } catch (SQLException e) {
            LOG.debug("The driver's settings can't be seen", e);
            return List.of();
        }
    }
}
