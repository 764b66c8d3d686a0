package dev.migrator.pg.execute;

import static dev.migrator.pg.execute.ExecutionSite.USERS;
import static dev.migrator.pg.execute.ExecutionSite.exclusively;
import static dev.migrator.pg.execute.ExecutionSite.step;
import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.engine.StepStatus;
import dev.migrator.plan.Action;
import dev.migrator.plan.LockMode;
import dev.migrator.plan.Step;
import dev.migrator.plan.TableLock;
import dev.migrator.test.BackgroundSession;
import dev.migrator.test.PostgresServer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * While a synchronous standby does not answer, a COMMIT that waits for it keeps its locks. An application that waits for
 * standbys hangs by itself then; one that does not must not hang because of a step.
 */
class SynchronousStandbyTest {
    private static final int ROWS = 400;

    private static PostgresServer server;

    @BeforeAll
    static void startServer() {
        server = PostgresServer.builder().setting("autovacuum", "off").start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    static List<Named<Step>> kinds() {
        return List.of(
                Named.of(
                        "a short transaction",
                        step(1, exclusively("ALTER TABLE public.users ADD COLUMN added int"), new Action.Nothing())),
                Named.of(
                        "the batches of a backfill",
                        step(
                                1,
                                new Action.Backfill(USERS, "full_name = name, pending = false", "\"users\".pending"),
                                new Action.Nothing())),
                Named.of(
                        "a scan",
                        step(
                                1,
                                new Action.Scan(
                                        List.of(new TableLock(USERS, LockMode.SHARE_UPDATE_EXCLUSIVE)),
                                        List.of("ALTER TABLE public.users VALIDATE CONSTRAINT named")),
                                new Action.Nothing())));
    }

    private static void standbys(ExecutionSite site, String names) {
        site.db.executeAsSuperuser(
                "ALTER SYSTEM SET synchronous_standby_names = '" + names + "'", "SELECT pg_catalog.pg_reload_conf()");
    }

    private static boolean waitsForAStandby(ExecutionSite site, BackgroundSession session) {
        return site.db.queryBoolean(
                "SELECT wait_event IS NOT DISTINCT FROM 'SyncRep' FROM pg_stat_activity WHERE pid = " + session.pid());
    }

    /** Inserts until a COMMIT waits for the standby: the server takes a moment to learn of it. */
    private static CompletableFuture<Void> hangs(ExecutionSite site, BackgroundSession session)
            throws InterruptedException {
        CompletableFuture<Void> insert = session.start("INSERT INTO others VALUES (1)");
        for (int i = 0; i < 3000 && !waitsForAStandby(site, session); i++) {
            Thread.sleep(10);
            if (insert.isDone()) {
                insert = session.start("INSERT INTO others VALUES (1)");
            }
        }
        assertThat(waitsForAStandby(site, session)).isTrue();
        return insert;
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aStepThatLocksDoesNotWaitForIt(Step step) throws Exception {
        try (ExecutionSite site = ExecutionSite.on(server, step)) {
            site.db.execute(
                    "CREATE TABLE others (id int)",
                    """
                    CREATE TABLE users (id int PRIMARY KEY, name text, full_name text, pending boolean DEFAULT true,
                        CONSTRAINT named CHECK (name IS NOT NULL) NOT VALID)""",
                    "INSERT INTO users SELECT g, 'n' FROM generate_series(1, " + ROWS + ") AS g");
            try (BackgroundSession ordinary = BackgroundSession.holding(site.db, "SELECT");
                    Application application = new Application(
                            site.db,
                            1,
                            n -> "BEGIN; SET LOCAL synchronous_commit = local; UPDATE users SET name = 'm' WHERE id = "
                                    + (1 + n % ROWS) + "; COMMIT")) {
                standbys(site, "missing");
                try {
                    CompletableFuture<Void> hangs = hangs(site, ordinary);
                    CompletableFuture.runAsync(() -> site.executor().run(site.lease, step, site.control()))
                            .get(30, TimeUnit.SECONDS);
                    application.doesMore(2 * ROWS);
                    assertThat(hangs).as("an ordinary COMMIT").isNotDone();
                } finally {
                    standbys(site, "");
                }
                application.close();
                System.out.println("held: standby: " + application.measured());
                assertThat(application.failures()).isEmpty();
                assertThat(application.slowest()).isLessThan(ExecutionSite.GENEROUS);
            }
            assertThat(site.status(1)).isEqualTo(StepStatus.DONE);
        }
    }
}
