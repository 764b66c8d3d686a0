package dev.migrator.pg.execute;

import static dev.migrator.pg.execute.ExecutionSite.exclusively;
import static dev.migrator.pg.execute.ExecutionSite.step;
import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.engine.StepStatus;
import dev.migrator.plan.Action;
import dev.migrator.plan.Step;
import dev.migrator.test.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class AutovacuumTest {
    private static final Step ADD =
            step(1, exclusively("ALTER TABLE public.users ADD COLUMN added int"), new Action.Nothing());

    @Test
    void aPlainAutovacuumGivesWayAndNoStatementOfTheApplicationFails() throws IOException {
        try (PostgresServer server = PostgresServer.builder()
                        .setting("autovacuum_naptime", "1s")
                        .start();
                ExecutionSite site = ExecutionSite.on(server, ADD)) {
            site.db.execute(
                    """
                    CREATE TABLE users (id int PRIMARY KEY, x int, pad text) WITH (
                        autovacuum_vacuum_threshold = 50, autovacuum_vacuum_scale_factor = 0,
                        autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1)""",
                    "INSERT INTO users SELECT g, g, repeat('x', 200) FROM generate_series(1, 100000) AS g",
                    "UPDATE users SET x = x + 1 WHERE id % 2 = 0");
            awaitAutovacuum(site);
            try (Application application =
                    new Application(site.db, 2, n -> "UPDATE users SET x = x + 1 WHERE id = " + (1 + n % 100000))) {
                site.executor().run(site.lease, ADD, site.control());
                application.close();
                assertThat(application.failures()).isEmpty();
                assertThat(application.completed()).isPositive();
            }
            assertThat(site.status(1)).isEqualTo(StepStatus.DONE);
            assertThat(Files.readString(server.logFile().orElseThrow())).contains("canceling autovacuum task");
        }
    }

    private static void awaitAutovacuum(ExecutionSite site) {
        String running =
                """
                SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'users'::regclass AND granted
                    AND mode = 'ShareUpdateExclusiveLock')""";
        for (int i = 0; i < 6000 && !site.db.queryBoolean(running); i++) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
        assertThat(site.db.queryBoolean(running)).isTrue();
    }
}
