package dev.migrator.pg.execute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.migrator.BackfillSettings;
import dev.migrator.Gate;
import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.engine.Outcome;
import dev.migrator.pg.PostgresMigrator;
import dev.migrator.pg.internal.throttle.ThrottleSetup;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.ReplicaServer;
import dev.migrator.test.TestDatabase;
import dev.migrator.test.internal.Waiting;
import dev.migrator.throttle.ThrottleAnswer;
import dev.migrator.throttle.ThrottleKey;
import dev.migrator.throttle.ThrottleSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A standby that streams, is behind, hangs, is gone, or may not be seen. */
class ThrottleReplicaTest {
    private static final int ROWS = 200;

    private static PostgresServer server;
    private static ReplicaServer standby;

    private BackfillSite users;

    @BeforeAll
    static void startServers() {
        assumeThat(PostgresServer.shared().majorVersion()).isEqualTo(17);
        server = PostgresServer.builder().setting("autovacuum", "off").start();
        standby = ReplicaServer.of(server, "s1");
    }

    @AfterAll
    static void stopServers() {
        if (standby != null) {
            standby.close();
            server.close();
        }
    }

    @BeforeEach
    void createDatabase() {
        users = BackfillSite.on(server, ROWS);
        users.site.db.executeAsSuperuser("GRANT pg_monitor TO " + users.site.db.user());
    }

    @AfterEach
    void dropDatabase() {
        users.close();
    }

    private void write() {
        users.site.db.executeAsSuperuser("SELECT pg_logical_emit_message(true, 'test', repeat('x', 1000000))");
    }

    private static void waits(PostgresMigrator migrator, String reason) {
        Waiting.until(
                Duration.ofSeconds(30),
                () -> reason,
                () -> migrator.migrate(Phase.CONTRACT).get(0).outcome() instanceof Outcome.Waits waits
                        && waits.reasons().get(0).reason().contains(reason));
    }

    @Test
    void theGateWaitsForAStandbyThatIsBehindAndIsShutWhereNobodyKnows() {
        Migration migration = Migration.builder("0001_lag")
                .sql(sql -> sql.contract("CREATE TABLE done ()").rollback("DROP TABLE done"))
                .gates(Phase.CONTRACT, new Gate.ReplicaLag(Duration.ofMillis(400)))
                .gates(Phase.PURGE)
                .build();
        try (TestDatabase database = server.createDatabase()) {
            PostgresMigrator migrator = PostgresMigrator.builder(database.dataSource())
                    .migrations(List.of(migration))
                    .build();
            waits(migrator, "GRANT pg_monitor");
            database.executeAsSuperuser("GRANT pg_monitor TO " + database.user());
            standby.hang();
            try {
                write();
                Waiting.until(
                        Duration.ofSeconds(30),
                        () -> "behind",
                        () -> database.queryBoolean(
                                "SELECT replay_lsn < pg_current_wal_lsn() AND clock_timestamp() - reply_time > interval '500ms'"
                                        + " FROM pg_stat_replication WHERE application_name = 's1'"));
                waits(migrator, "standby s1 is");
            } finally {
                standby.wakeUp();
            }
            standby.disconnect();
            try {
                waits(migrator, "nobody is connected to the replication slots s1");
            } finally {
                standby.reconnect();
            }
            Waiting.until(
                    Duration.ofSeconds(30),
                    () -> "open",
                    () -> migrator.migrate(Phase.CONTRACT).get(0).outcome() instanceof Outcome.Arrived);
        }
    }

    @Test
    void aStandbyThatHangsFallsBehindThoughItSaysNothing() {
        AtomicBoolean hold = new AtomicBoolean(true);
        ThrottleSetup setup = ThrottleSetup.of(
                        BackfillSettings.defaults().withPauseAboveReplicaLag(Optional.of(Duration.ofMillis(400))))
                .withTiming(ThrottledRun.QUICK)
                .withOwn(List.of(() -> hold.get() ? ThrottleAnswer.stop("held by the test") : ThrottleAnswer.normal()));
        try (ThrottledRun run = ThrottledRun.of(users, setup)) {
            run.awaitStopped("held by the test");
            standby.hang();
            try {
                write();
                run.awaitStopped("standby 's1'), stopped above 400ms");
                hold.set(false);
                write();
                run.assertHoldsNothing(ROWS);
            } finally {
                standby.wakeUp();
            }
            run.goesOn();
        }
    }

    @Test
    void oneThatWasBehindBeforeIsNotTakenForFine() {
        standby.pauseReplay();
        try {
            write();
            try (ThrottledRun run = ThrottledRun.of(users, ThrottleKey.REPLICA_LAG, "1h")) {
                run.awaitStopped("replica lag: not known, standby 's1' was behind already")
                        .assertHoldsNothing(ROWS);
                standby.resumeReplay();
                run.goesOn();
            }
        } finally {
            standby.resumeReplay();
        }
    }

    @Test
    void whatItHasNotReplayedIsCountedInBytes() {
        standby.pauseReplay();
        try {
            write();
            try (ThrottledRun run = ThrottledRun.of(users, ThrottleKey.REPLICA_BYTES, "..500kB")) {
                run.awaitStopped("(standby 's1'), stopped above 500 kB").assertHoldsNothing(ROWS);
                standby.resumeReplay();
                run.goesOn();
            }
        } finally {
            standby.resumeReplay();
        }
    }

    @Test
    void oneThatWasPromisedAndIsNotThereStopsItUntilItIs() {
        try (ThrottledRun run = ThrottledRun.of(users, ThrottleKey.STANDBYS, "s1, s2")) {
            run.awaitStopped("standbys that are promised are not streaming: s2").assertHoldsNothing(ROWS);
            users.site.store.tune(ExecutionSite.ID, Map.of("throttle.standbys", "1"), false);
            run.goesOn();
        }
    }

    @Test
    void oneThatGoesAwayIsMissedWhetherItWasPromisedOrNot() {
        AtomicBoolean hold = new AtomicBoolean(true);
        ThrottleSettings settings =
                ThrottleSettings.defaults().with(ThrottleKey.STANDBYS, "1").with(ThrottleKey.REPLICA_LAG, "1h");
        ThrottleSetup setup = ThrottledRun.setup(settings)
                .withOwn(List.of(() -> hold.get() ? ThrottleAnswer.stop("held by the test") : ThrottleAnswer.normal()));
        try (ThrottledRun run = ThrottledRun.of(users, setup)) {
            run.awaitStopped("held by the test");
            standby.disconnect();
            run.awaitStopped("replica lag: not known, standby 's1' was connected when this run began and is gone");
            hold.set(false);
            users.site.store.tune(ExecutionSite.ID, Map.of("throttle.replicaLag", "off"), false);
            run.awaitStopped("0 of 1 promised standbys are streaming").assertHoldsNothing(ROWS);
            standby.reconnect();
            run.goesOn();
        }
    }

    @Test
    void whoMayNotSeeThemDoesNotTakeThemForFine() {
        users.site.db.executeAsSuperuser("REVOKE pg_monitor FROM " + users.site.db.user());
        for (ThrottleKey key : List.of(ThrottleKey.REPLICA_LAG, ThrottleKey.REPLICA_BYTES, ThrottleKey.STANDBYS)) {
            String value = key == ThrottleKey.STANDBYS ? "1" : key == ThrottleKey.REPLICA_LAG ? "1h" : "1TB";
            try (ThrottledRun run = ThrottledRun.of(users, key, value)) {
                run.awaitStopped("this role may not see the standbys in pg_stat_replication: GRANT pg_monitor");
                run.assertHoldsNothing(ROWS);
            }
            users.site.store.setPaused(ExecutionSite.ID, false);
            users.site.waits.clear();
            users.site.paced.clear();
        }
        assertThat(users.pending()).isEqualTo(ROWS);
    }
}
