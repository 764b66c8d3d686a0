package dev.migrator.test.internal;

import dev.migrator.Direction;
import dev.migrator.Phase;
import dev.migrator.plan.LockMode;
import dev.migrator.test.TakenLock;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Writes down in a database which locks on tables are held in it. Its own table holds what the migrator's sessions have noted. */
public final class LockNotes implements AutoCloseable {
    private static final long EVERY_NANOS = 3_000_000;
    private static final Pattern STEP = Pattern.compile("migrator .* step (\\d+)");

    /** Of the tables that were there before: what the migrator makes for itself is nobody else's concern. */
    private static final String INSTALLATION =
            """
            CREATE SCHEMA lock_trace;
            CREATE TABLE lock_trace.held (
                place bigint GENERATED ALWAYS AS IDENTITY,
                application text, tag text, relation oid, relname text, mode text);
            CREATE TABLE lock_trace.stop (xid xid8 PRIMARY KEY, locked_at float8, ms float8);
            CREATE FUNCTION lock_trace.quoted(name) RETURNS text LANGUAGE sql AS
                $$ SELECT '"' || pg_catalog.replace($1::pg_catalog.text, '"', '""') || '"' $$;
            CREATE FUNCTION lock_trace.note() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
            DECLARE
                locked_at float8 := NULLIF(current_setting('migrator.locked_at', true), '')::float8;
                stops     boolean;
            BEGIN
                INSERT INTO lock_trace.held (application, tag, relation, relname, mode)
                SELECT current_setting('application_name'), tg_tag, c.oid, lock_trace.quoted(n.nspname) || '.' || lock_trace.quoted(c.relname), l.mode
                  FROM pg_locks l JOIN lock_trace.known k ON k.relation = l.relation
                  JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE l.pid = pg_backend_pid() AND l.granted AND l.locktype = 'relation';
                -- A user's own statements take locks of which the migrator knows nothing: at worst since they began.
                SELECT bool_or(l.mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')) INTO stops
                  FROM pg_locks l JOIN lock_trace.known k ON k.relation = l.relation
                 WHERE l.pid = pg_backend_pid() AND l.granted AND l.locktype = 'relation';
                IF locked_at IS NULL AND stops THEN
                    locked_at := EXTRACT(epoch FROM now()) * 1000;
                END IF;
                IF locked_at IS NOT NULL THEN
                    INSERT INTO lock_trace.stop (xid, locked_at) VALUES (pg_current_xact_id(), locked_at) ON CONFLICT DO NOTHING;
                END IF;
            END
            $$;
            CREATE TABLE lock_trace.known (relation oid);
            INSERT INTO lock_trace.known
            SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'lock_trace', 'migrator');
            CREATE FUNCTION lock_trace.committed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
            BEGIN
                UPDATE lock_trace.stop SET ms = EXTRACT(epoch FROM clock_timestamp()) * 1000 - NEW.locked_at WHERE xid = NEW.xid;
                RETURN NULL;
            END
            $$;
            CREATE CONSTRAINT TRIGGER committed AFTER INSERT ON lock_trace.stop DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION lock_trace.committed();
            CREATE EVENT TRIGGER lock_trace ON ddl_command_end EXECUTE FUNCTION lock_trace.note();
            """;

    private static final String FROM_BESIDE =
            """
            SELECT DISTINCT s.application_name, lock_trace.quoted(n.nspname) || '.' || lock_trace.quoted(c.relname), l.mode
              FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity s ON s.pid = l.pid
              JOIN lock_trace.known k ON k.relation = l.relation
              JOIN pg_catalog.pg_class c ON c.oid = l.relation JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
             WHERE l.granted AND l.pid <> pg_catalog.pg_backend_pid() AND s.backend_type = 'client backend'
               AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
            """;

    /** What was seen of one lock, before it is known in which phase. */
    private record Seen(String application, String tag, String relation, String mode) {}

    private final Connection connection;
    private final Thread beside = new Thread(this::look, "lock-trace");
    private final Set<Seen> seen = new LinkedHashSet<>();
    private volatile Optional<RuntimeException> failure = Optional.empty();
    private volatile boolean over;

    private LockNotes(Connection connection) {
        this.connection = connection;
    }

    /**
     * Begins.
     *
     * @param connection of a superuser to the database, which is closed with this
     */
    public static LockNotes in(Connection connection) {
        LockNotes notes = new LockNotes(connection);
        notes.run(INSTALLATION);
        notes.beside.start();
        return notes;
    }

    private void look() {
        while (!over) {
            try {
                synchronized (connection) {
                    seen.addAll(read(FROM_BESIDE, true));
                }
            } catch (RuntimeException e) {
                failure = over ? Optional.empty() : Optional.of(e);
                return;
            }
            LockSupport.parkNanos(EVERY_NANOS);
        }
    }

    /** What was seen since it was last asked, as that of a phase. */
    public List<TakenLock> taken(Phase phase, Direction direction) {
        failure.ifPresent(e -> {
            throw new IllegalStateException("Locks were not watched from beside to the end", e);
        });
        Set<TakenLock> taken = new LinkedHashSet<>();
        synchronized (connection) {
            List<Seen> all = new ArrayList<>(
                    read("SELECT application, tag, relname, mode FROM lock_trace.held ORDER BY place", false));
            run("DELETE FROM lock_trace.held");
            all.addAll(seen);
            seen.clear();
            for (Seen lock : all) {
                taken.add(new TakenLock(
                        phase, direction, step(lock.application()), lock.tag(), lock.relation(), mode(lock.mode())));
            }
        }
        return List.copyOf(taken);
    }

    /** The longest time from the first lock that hurts to the commit. */
    public Duration longestStop() {
        synchronized (connection) {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(
                            "SELECT COALESCE(pg_catalog.max(ms), 0)::pg_catalog.int8 FROM lock_trace.stop")) {
                row.next();
                return Duration.ofMillis(row.getLong(1));
            } catch (SQLException e) {
                throw new IllegalStateException("Can't read the trace of locks", e);
            }
        }
    }

    private List<Seen> read(String sql, boolean fromBeside) {
        synchronized (connection) {
            try (PreparedStatement statement = connection.prepareStatement(sql);
                    ResultSet rows = statement.executeQuery()) {
                List<Seen> found = new ArrayList<>();
                while (rows.next()) {
                    found.add(
                            fromBeside
                                    ? new Seen(rows.getString(1), "", rows.getString(2), rows.getString(3))
                                    : new Seen(
                                            rows.getString(1),
                                            rows.getString(2),
                                            rows.getString(3),
                                            rows.getString(4)));
                }
                return found;
            } catch (SQLException e) {
                throw new IllegalStateException("Can't read the trace of locks", e);
            }
        }
    }

    private void run(String sql) {
        synchronized (connection) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
            } catch (SQLException e) {
                throw new IllegalStateException("Can't write the trace of locks", e);
            }
        }
    }

    private static OptionalInt step(String application) {
        Matcher step = STEP.matcher(application);
        return step.matches() ? OptionalInt.of(Integer.parseInt(step.group(1))) : OptionalInt.empty();
    }

    private static LockMode mode(String catalogName) {
        return Arrays.stream(LockMode.values())
                .filter(mode -> mode.catalogName().equals(catalogName))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("Not a lock mode: " + catalogName));
    }

    @Override
    public void close() {
        over = true;
        try {
            beside.join();
            connection.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException gone) {
            // With the database.
        }
    }
}
