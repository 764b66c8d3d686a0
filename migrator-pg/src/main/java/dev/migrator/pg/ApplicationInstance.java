package dev.migrator.pg;

import dev.migrator.Shape;
import dev.migrator.Uses;
import dev.migrator.engine.StepFailure;
import dev.migrator.pg.internal.release.EnteringDataSource;
import dev.migrator.pg.internal.release.Heart;
import dev.migrator.pg.internal.release.InstanceTable.Known;
import dev.migrator.pg.internal.release.Registration;
import dev.migrator.pg.internal.release.ShapedConnection;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An instance of the application that has {@linkplain PostgresMigrator#register registered}: gates know that it is live, what
 * it knows, and which shape of each migration it uses. It gives a sign of life three times in its lease, one statement on one
 * connection each; one that is killed expires, one that is closed is gone at once.
 *
 * <p>For migrations of which it bears both shapes it answers which one is announced, and acknowledges each announcement: the
 * engine takes a shape away only when all live instances have acknowledged the other one and all transactions from before that
 * have ended. There are two ways to ask: of a connection of its {@linkplain #dataSource() data source}, where the server
 * answers each transaction, or of {@linkplain #shape itself}, which costs nothing.
 *
 * <p>Safe for use by many threads.
 */
public final class ApplicationInstance implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ApplicationInstance.class);

    private final Registration registration;
    private final Heart heart;
    private final EnteringDataSource entering;
    private final List<AutoCloseable> behind;
    private volatile boolean closed;

    /**
     * A live one.
     *
     * @param behind what it does in the background, in the order in which it is to be ended
     */
    ApplicationInstance(
            Registration registration, Heart heart, EnteringDataSource entering, List<AutoCloseable> behind) {
        this.registration = registration;
        this.heart = heart;
        this.entering = entering;
        this.behind = List.copyOf(behind);
    }

    /**
     * What tells it from all other instances.
     *
     * @return {@code host/pid/random}
     */
    public String id() {
        return registration.id();
    }

    /**
     * Whether it counts as live: no longer if it could give no sign of life within its lease. A readiness probe asks this.
     *
     * @return false while it must not serve
     */
    public boolean isLive() {
        return !closed && registration.isLive();
    }

    /**
     * The shape of a migration that this instance is to use now. Asked inside of a transaction, after its first statement, it
     * is safe until the transaction ends; but a process that is paused for longer than its lease between asking and the
     * statement that relies on the answer is not stopped by the server. Connections of {@link #dataSource()} are.
     *
     * @param migration the migration's id
     * @return for one whose code bears both, the one that is announced, as it was told at the last sign of life; else the one
     *     that its code uses
     * @throws IllegalArgumentException if the instance does not know that migration
     * @throws InstanceLapsedException if it does not count as live any more: nothing is promised to it
     */
    public Shape shape(String migration) {
        Known one = known(migration);
        if (!isLive()) {
            throw new InstanceLapsedException(id(), heart.trouble());
        }
        return one.uses() == Uses.BOTH
                ? registration.announced(migration)
                : Shape.valueOf(one.uses().name());
    }

    private Known known(String migration) {
        return registration
                .known(migration)
                .orElseThrow(() -> new IllegalArgumentException("This instance does not know migration " + migration));
    }

    /**
     * The shape of a migration that the transaction under way on a connection uses; begins one if there is none. It is the same
     * until the transaction ends.
     *
     * @param connection one of {@link #dataSource()}, not in autocommit mode
     * @param migration the migration's id
     * @return for one whose code bears both, the one that the server has told the transaction; else the one that its code uses
     * @throws IllegalArgumentException if the instance does not know that migration
     * @throws SQLException with SQLSTATE 40001 if the instance is not live, 25P01 in autocommit mode, or if it is no such
     *     connection
     */
    public Shape shape(Connection connection, String migration) throws SQLException {
        Known one = known(migration);
        if (!connection.isWrapperFor(ShapedConnection.class)) {
            throw new SQLException(
                    "This connection does not tell its shapes: take it from ApplicationInstance.dataSource().",
                    "0A000");
        }
        boolean isNew = connection.unwrap(ShapedConnection.class).usesNew(migration);
        return switch (one.uses()) {
            case OLD -> Shape.OLD;
            case NEW -> Shape.NEW;
            case BOTH -> isNew ? Shape.NEW : Shape.OLD;
        };
    }

    /**
     * The application's connections, each transaction of which begins with the question, put to the server, whether this
     * instance is live and which shapes are its own: SQLSTATE 40001 if it is not, which may be tried again. Whoever was paused
     * for longer than its lease can do nothing on a shape that may be gone. One round trip a transaction; a statement in
     * autocommit mode becomes a transaction, which is two more. While an engine changes tables, such transactions do without
     * statements that are prepared on the server, so that none of them meets {@code cached plan must not change result type}.
     *
     * <p>Not for statements that can't be in a transaction ({@code VACUUM}, a procedure that commits), nor for a standby. What is
     * done through the driver's own interfaces ({@code COPY}, large objects) belongs to the transaction under way when they are
     * unwrapped; in autocommit mode there is none, and the server is not asked. So are statements that follow a {@code COMMIT} in
     * the same text, and what is done through {@code ResultSet.getStatement()} of rows that are only read.
     *
     * @return connections from the migrator's data source; the same object each time
     * @throws StepFailure if the database fails, at the first call, which tells it
     */
    public DataSource dataSource() {
        registration.enter();
        return entering;
    }

    /**
     * What is to be changed of the driver's settings so that no statement of the application fails when tables change, for
     * connections that are not those of {@link #dataSource()}.
     *
     * @return one line each, for people; none: they will do
     */
    public List<String> advice() {
        return registration.advice();
    }

    /**
     * Ends it: from now on it counts for no gate. What it does in the background stops within a statement or a batch and begins no
     * further phase, as with a pause; whoever comes next goes on with it. Waits for that, up to fifteen seconds. Idempotent; a
     * failure is logged, since its lease runs out anyway.
     */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        entering.close();
        for (AutoCloseable one : behind) {
            try {
                one.close();
            } catch (Exception e) {
                LOG.warn(
                        "Instance {}: {} could not be ended",
                        id(),
                        one.getClass().getSimpleName(),
                        e);
            }
        }
        heart.close();
        try {
            registration.unregister();
        } catch (StepFailure e) {
            LOG.info("Instance {} is not unregistered; its lease runs out: {}", id(), e.getMessage());
        }
    }
}
