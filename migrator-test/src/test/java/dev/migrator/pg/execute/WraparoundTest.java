package dev.migrator.pg.execute;

import static dev.migrator.pg.execute.ExecutionSite.exclusively;
import static dev.migrator.pg.execute.ExecutionSite.settings;
import static dev.migrator.pg.execute.ExecutionSite.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.engine.StepFailure;
import dev.migrator.engine.StepStatus;
import dev.migrator.plan.Action;
import dev.migrator.plan.LockMode;
import dev.migrator.plan.Step;
import dev.migrator.plan.TableLock;
import dev.migrator.test.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * An autovacuum against wraparound does not give way: it is named, waited for without anybody queueing behind a try, never
 * cancelled, and never recommended to be.
 */
@EnabledIfSystemProperty(named = "migrator.test.thorough", matches = "true")
class WraparoundTest {
    private static final Step ADD =
            step(1, exclusively("ALTER TABLE public.users ADD COLUMN added int"), new Action.Nothing());
    private static final Step VALIDATE = step(
            2,
            new Action.Scan(
                    List.of(new TableLock(ExecutionSite.USERS, LockMode.SHARE_UPDATE_EXCLUSIVE)),
                    List.of("ALTER TABLE public.users VALIDATE CONSTRAINT named")),
            new Action.Nothing());

    private static PostgresServer server() {
        return PostgresServer.builder()
                .setting("autovacuum_freeze_max_age", "100000")
                .setting("vacuum_freeze_min_age", "0")
                .setting("autovacuum_naptime", "1s")
                .setting("fsync", "off")
                .start();
    }

    /** Rows so old that they have to be frozen, by a vacuum that sleeps at every page: about five seconds in all. */
    private static void oldTable(ExecutionSite site, int rows) throws InterruptedException {
        site.db.execute(
                """
                CREATE TABLE users (id int PRIMARY KEY, name text, pad text,
                    CONSTRAINT named CHECK (name IS NOT NULL) NOT VALID) WITH (
                    autovacuum_vacuum_threshold = 1000000000, autovacuum_analyze_threshold = 1000000000,
                    autovacuum_vacuum_insert_threshold = -1,
                    autovacuum_vacuum_cost_delay = 20, autovacuum_vacuum_cost_limit = 1)""");
        site.db.execute("INSERT INTO users SELECT g, 'n', repeat('x', 200) FROM generate_series(1, " + rows + ") AS g");
        site.db.executeAsSuperuser(
                """
                DO $$ BEGIN
                    SET synchronous_commit = off;
                    FOR i IN 1..101000 LOOP PERFORM pg_catalog.pg_current_xact_id(); COMMIT; END LOOP;
                END $$""");
        for (int i = 0; i < 3000 && !vacuums(site); i++) {
            Thread.sleep(10);
        }
        assertThat(vacuums(site)).isTrue();
    }

    // Only an autovacuum is at work here, and nobody else takes that lock before the step does.
    private static boolean vacuums(ExecutionSite site) {
        return site.db.queryBoolean(
                """
                SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'users'::regclass AND granted
                    AND mode = 'ShareUpdateExclusiveLock')""");
    }

    private static Application application(ExecutionSite site) {
        return new Application(
                site.db,
                2,
                n -> n % 2 == 0
                        ? "SELECT count(name) FROM users WHERE id < 10"
                        : "UPDATE users SET name = 'm' WHERE id = " + (1 + n % 1000));
    }

    @Test
    void itIsNamedAndWaitedForWhileTheApplicationGoesOn() throws Exception {
        try (PostgresServer server = server();
                ExecutionSite site = ExecutionSite.on(server, ADD, VALIDATE)) {
            oldTable(site, 2000);
            try (Application application = application(site)) {
                CompletableFuture<Void> run =
                        CompletableFuture.runAsync(() -> site.executor().run(site.lease, ADD, site.control()));
                while (site.waits.isEmpty() && !run.isDone()) {
                    Thread.sleep(10);
                }
                assertThat(run).as("the step, while the vacuum runs").isNotDone();
                run.get(2, TimeUnit.MINUTES);
                application.close();
                System.out.println("held: autovacuum against wraparound: " + application.measured());
                assertThat(application.failures()).isEmpty();
                assertThat(application.slowest()).isLessThan(ExecutionSite.GENEROUS);
            }
            assertThat(site.status(1)).isEqualTo(StepStatus.DONE);
            assertThat(site.waits)
                    .singleElement()
                    .asString()
                    .contains("ACCESS EXCLUSIVE on \"public\".\"users\", in the way: pid ")
                    .contains("autovacuum to prevent wraparound", ") holds SHARE UPDATE EXCLUSIVE on users");
            assertNotCancelled(server);
        }
    }

    @Test
    void aStepThatGivesUpDoesNotSayToEndIt() throws Exception {
        try (PostgresServer server = server();
                ExecutionSite site = ExecutionSite.on(server, ADD, VALIDATE)) {
            oldTable(site, 8000);
            assertThatThrownBy(() -> site.executor(settings().withLockDeadline(Duration.ofSeconds(5)))
                            .run(site.lease, ADD, site.control()))
                    .isInstanceOf(StepFailure.class)
                    .hasMessageContaining("autovacuum to prevent wraparound")
                    .hasMessageContaining("Wait until they have ended, then run migrate again.")
                    .hasMessageNotContaining("pg_terminate_backend");
            try (Application application = application(site)) {
                // A scan queues behind it, and stops nobody by that.
                CompletableFuture<Void> scan =
                        CompletableFuture.runAsync(() -> site.executor().run(site.lease, VALIDATE, site.control()));
                application.doesMore(500);
                assertThat(scan).as("the scan, while the vacuum runs").isNotDone();
                scan.get(2, TimeUnit.MINUTES);
                application.close();
                System.out.println("held: a scan behind it: " + application.measured());
                assertThat(application.failures()).isEmpty();
                assertThat(application.slowest()).isLessThan(ExecutionSite.GENEROUS);
            }
            assertThat(site.status(2)).isEqualTo(StepStatus.DONE);
            assertNotCancelled(server);
        }
    }

    private static void assertNotCancelled(PostgresServer server) throws IOException {
        assertThat(Files.readString(server.logFile().orElseThrow())).doesNotContain("canceling autovacuum task");
    }
}
