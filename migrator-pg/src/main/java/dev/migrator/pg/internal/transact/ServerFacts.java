package dev.migrator.pg.internal.transact;

import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.Session;
import java.time.Duration;

/**
 * What the executor has to know of a server; every role may ask.
 *
 * @param version {@code server_version_num}
 * @param deadlockTimeout after which the server looks for deadlocks, and makes a plain autovacuum give way
 */
public record ServerFacts(int version, Duration deadlockTimeout) {
    private static final Duration LONGEST_GENTLE = Duration.ofSeconds(10);

    public static ServerFacts of(Session session) {
        Row row = session.query(
                        """
                        SELECT pg_catalog.current_setting('server_version_num') AS version,
                               (SELECT s.setting FROM pg_catalog.pg_settings AS s WHERE s.name = 'deadlock_timeout')
                                   AS deadlock_timeout
                        """)
                .get(0);
        return new ServerFacts((int) row.number("version"), Duration.ofMillis(row.number("deadlock_timeout")));
    }

    /** Whether there is a {@code transaction_timeout}. */
    public boolean limitsTransactions() {
        return version >= 170000;
    }

    /** How long to wait for a lock that stops nobody: long enough that a plain autovacuum gives way. */
    public Duration gentleWait() {
        Duration wait = deadlockTimeout.plusMillis(300);
        return wait.compareTo(LONGEST_GENTLE) > 0 ? LONGEST_GENTLE : wait;
    }

    /** How long a batch may take at most: it must be over before another session's wait for it counts as a deadlock. */
    public Duration batchLimit() {
        long half = deadlockTimeout.toMillis() / 2;
        return Duration.ofMillis(Math.max(5, Math.min(500, half)));
    }
}
