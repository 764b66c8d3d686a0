package dev.migrator.pg.internal.release;

import dev.migrator.Identifier;
import dev.migrator.engine.StepFailure;
import dev.migrator.pg.internal.sql.Session;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens to what engines announce, on a connection that it keeps. What it misses, the next sign of life brings: it makes things
 * faster, and nothing relies on it.
 */
public final class Listener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration SLICE = Duration.ofMillis(200);

    private final DataSource source;
    private final Identifier schema;
    private final Duration betweenTries;
    private final Runnable announced;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    /**
     * A listener that does not listen yet.
     *
     * @param schema the state schema, by whose name engines announce
     * @param betweenTries when to try again after it has lost its connection
     * @param announced told that there may be news
     */
    public Listener(DataSource source, Identifier schema, Duration betweenTries, Runnable announced) {
        this.source = source;
        this.schema = schema;
        this.betweenTries = betweenTries;
        this.announced = announced;
        this.thread = new Thread(this::run, "migrator listener " + schema.value());
        this.thread.setDaemon(true);
    }

    /** Begins to listen. */
    public void start() {
        thread.start();
    }

    private void run() {
        do {
            try (Session session = Session.open(source)) {
                listen(session);
            } catch (StepFailure | SQLException e) {
                LOG.debug("Announcements are not heard now; the next sign of life asks for them: {}", e.getMessage());
            }
        } while (!isClosedWithin(betweenTries));
    }

    private void listen(Session session) throws SQLException {
        if (!session.connection().isWrapperFor(PGConnection.class)) {
            return;
        }
        PGConnection driver = session.connection().unwrap(PGConnection.class);
        try (Statement statement = session.connection().createStatement()) {
            statement.execute("LISTEN " + schema.quoted());
            announced.run();
            while (closed.getCount() > 0) {
                PGNotification[] heard = driver.getNotifications((int) SLICE.toMillis());
                if (heard != null && heard.length > 0) {
                    announced.run();
                }
            }
            statement.execute("UNLISTEN *");
        }
    }

    private boolean isClosedWithin(Duration time) {
        try {
            return closed.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return true;
        }
    }

    @Override
    public void close() {
        closed.countDown();
        if (!Threads.join(thread, PATIENCE)) {
            LOG.warn("{} does not end", thread.getName());
        }
    }
}
