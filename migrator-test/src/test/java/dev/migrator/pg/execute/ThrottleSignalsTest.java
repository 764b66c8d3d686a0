package dev.migrator.pg.execute;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.pg.internal.throttle.ThrottleSetup;
import dev.migrator.test.BackgroundSession;
import dev.migrator.throttle.ThrottleKey;
import dev.migrator.throttle.ThrottleSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each signal of the server that needs no second one: it crosses its limit, the backfill stops; it comes back, it goes on. */
class ThrottleSignalsTest {
    private static final int ROWS = 500;

    private final BackfillSite users = BackfillSite.of(ROWS);

    @AfterEach
    void drop() {
        users.close();
    }

    private ThrottledRun stopped(ThrottleKey key, String value, String reason) {
        ThrottledRun run = ThrottledRun.of(users, key, value);
        return run.awaitStopped(reason).assertHoldsNothing(ROWS);
    }

    @Test
    void whoeverWaitsForALockOfOurs() {
        users.site.db.execute("CREATE TABLE others ()");
        String batch = "BEGIN; SELECT pg_advisory_xact_lock_shared(migrator.turnstile('%s', '%s')); LOCK TABLE others"
                .formatted(users.site.db.name(), ExecutionSite.ID);
        try (BackgroundSession ours = BackgroundSession.holding(users.site.db, batch);
                BackgroundSession other = BackgroundSession.holding(users.site.db, "BEGIN");
                BackgroundSession third =
                        BackgroundSession.holding(users.site.db, "BEGIN; LOCK TABLE users IN SHARE MODE")) {
            CompletableFuture<Void> waiter = other.start("LOCK TABLE others");
            other.awaitBlocked();
            // Whoever waits for somebody else does not count.
            third.execute("COMMIT");
            try (ThrottledRun run = stopped(ThrottleKey.WAITERS, "..1ms", "wait for a lock of this migration")) {
                assertThat(users.site.waits.peek()).contains("process " + other.pid(), "stopped above 1ms");
                ours.execute("COMMIT");
                waiter.join();
                run.goesOn();
            }
        }
    }

    @Test
    void sessionsThatAreAtWork() {
        users.site.db.executeAsSuperuser("GRANT pg_monitor TO " + users.site.db.user());
        List<BackgroundSession> sleepers = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                sleepers.add(BackgroundSession.holding(users.site.db, "SELECT 1"));
                CompletableFuture<Void> unused = sleepers.get(i).start("SELECT pg_sleep(60)");
            }
            try (ThrottledRun run = stopped(ThrottleKey.ACTIVE_SESSIONS, "..2", "active sessions 3, stopped above 2")) {
                sleepers.forEach(BackgroundSession::close);
                run.goesOn();
            }
        } finally {
            sleepers.forEach(BackgroundSession::close);
        }
    }

    @Test
    void deadRowsInTheTable() throws SQLException {
        // A session that ends tells its statistics at once.
        try (Connection connection = users.site.db.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER TABLE users SET (autovacuum_enabled = off)");
            statement.execute("UPDATE users SET pad = 'x', pending = true");
            statement.execute("ALTER TABLE users DISABLE TRIGGER USER");
            statement.execute("UPDATE users SET pending = true");
            statement.execute("ALTER TABLE users ENABLE TRIGGER USER");
        }
        try (ThrottledRun run = stopped(ThrottleKey.DEAD_TUPLES, "..60%", "dead rows in the table")) {
            assertThat(users.site.waits.peek()).contains("last autovacuum never", "stopped above 60 %");
            users.site.db.execute("VACUUM users");
            run.goesOn();
        }
    }

    @Test
    void aSnapshotThatIsHeldForLong() {
        try (BackgroundSession reader = BackgroundSession.holding(
                        users.site.db, "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM pg_class");
                BackgroundSession others = BackgroundSession.holding(users.site.db, "SELECT 1")) {
            for (int i = 0; i < 60; i++) {
                others.execute("SELECT pg_current_xact_id()");
            }
            try (ThrottledRun run = stopped(ThrottleKey.XMIN_AGE, "..50", "age of the oldest snapshot")) {
                assertThat(users.site.waits.peek()).contains("process " + reader.pid());
                reader.execute("COMMIT");
                run.goesOn();
            }
        }
    }

    @Test
    void wraparoundUntilSomebodyTurnsItOff() {
        try (ThrottledRun run = stopped(ThrottleKey.WRAPAROUND_AGE, "..1", "oldest transaction that is not frozen")) {
            users.site.store.tune(ExecutionSite.ID, Map.of("throttle.wraparoundAge", "off"), false);
            run.goesOn();
        }
    }

    @Test
    void aProbeThatHasToWaitAndOneThatFails() {
        users.site.db.execute("CREATE TABLE shop ()");
        ThrottleSetup setup = ThrottledRun.setup(ThrottleSettings.defaults()
                .with(ThrottleKey.PROBE, "SELECT count(*) FROM shop -- so")
                .with(ThrottleKey.PROBE_TIME, "..300ms"));
        try (BackgroundSession ddl = BackgroundSession.holding(users.site.db, "BEGIN; LOCK TABLE shop");
                ThrottledRun run = ThrottledRun.of(users, setup)) {
            run.awaitStopped("time of the probe query 800ms (given up), stopped above 300ms")
                    .assertHoldsNothing(ROWS);
            ddl.execute("DROP TABLE shop; COMMIT");
            run.awaitStopped("relation \"shop\" does not exist");
            users.site.db.execute("CREATE TABLE shop ()");
            run.goesOn();
        }
    }

    @Test
    void whatThisRoleMayNotSeeIsNotTakenForFine() {
        try (ThrottledRun run =
                stopped(ThrottleKey.ACTIVE_SESSIONS, "..1000", "active sessions: not known, this role may not see")) {
            assertThat(users.site.waits.peek()).contains("GRANT pg_monitor");
            users.site.db.executeAsSuperuser("GRANT pg_monitor TO " + users.site.db.user());
            run.goesOn();
        }
    }

    @Test
    void aKnobThatCantBeReadStopsAndOneOfANewerVersionDoesNot() {
        users.site.db.execute("UPDATE migrator.control SET knobs = '{\"newer\": \"1\", \"batchTarget\": \"fast\"}'");
        try (ThrottledRun run =
                stopped(ThrottleKey.WAITERS, "off", "a knob can't be read: batchTarget: is no duration")) {
            users.site.db.execute("UPDATE migrator.control SET knobs = knobs - 'batchTarget'");
            run.goesOn();
        }
    }
}
