package dev.migrator.pg.execute;

import static dev.migrator.pg.execute.ExecutionSite.step;
import static dev.migrator.pg.execute.IndexTest.BUILD;
import static dev.migrator.pg.execute.IndexTest.NAME;
import static dev.migrator.pg.execute.IndexTest.indexes;
import static dev.migrator.pg.execute.IndexTest.site;
import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.engine.StepStatus;
import dev.migrator.plan.Action;
import dev.migrator.plan.Step;
import dev.migrator.test.BackgroundSession;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * What a {@code … CONCURRENTLY} statement waits for has no limit: whoever holds it up is told while it waits, and it goes on by
 * itself when they are gone. The application never waits for it.
 */
class SnapshotTest {
    private static final String OLD = "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 'report' FROM pg_class";

    private static Application application(ExecutionSite site) {
        return new Application(
                site.db,
                1,
                n -> n % 2 == 0 ? "SELECT * FROM users WHERE id = 1" : "UPDATE users SET id = id WHERE id = 1");
    }

    private static void run(ExecutionSite site, Step step) {
        site.executor().run(site.lease, step, site.control());
    }

    /** Runs a step until it has told for whom it waits, then goes away with what is in the way. */
    private static String told(ExecutionSite site, Step step, Runnable away) throws Exception {
        try (Application application = application(site)) {
            CompletableFuture<Void> run = CompletableFuture.runAsync(() -> run(site, step));
            for (int i = 0; site.waits.isEmpty() && !run.isDone() && i < 3000; i++) {
                Thread.sleep(10);
            }
            application.doesMore(20);
            assertThat(run).isNotDone();
            away.run();
            run.get(1, TimeUnit.MINUTES);
            application.close();
            assertThat(application.failures()).isEmpty();
            assertThat(application.slowest()).isLessThan(ExecutionSite.GENEROUS);
        }
        assertThat(site.status(step.ordinal())).isEqualTo(StepStatus.DONE);
        assertThat(site.waits).hasSize(1);
        return site.waits.element();
    }

    @Test
    void aSnapshotThatReadsSomethingElseHoldsUpABuildAndIsNamed() throws Exception {
        try (ExecutionSite site = site();
                BackgroundSession old =
                        BackgroundSession.holding(site.db, "SET application_name = 'reports'; " + OLD)) {
            assertThat(told(site, BUILD, old::close))
                    .startsWith("the end of older transactions (CREATE INDEX CONCURRENTLY on \"public\".\"users\"), in"
                            + " the way: pid " + old.pid() + " (user ")
                    .contains("application reports", "idle in transaction, transaction open for ")
                    .contains(") holds a snapshot that is older than the index; last query: ", "SELECT 'report'");
            assertThat(indexes(site)).containsExactly(NAME.quoted());
        }
    }

    @Test
    void aSnapshotInAnotherDatabaseHoldsUpNobody() {
        try (ExecutionSite site = site();
                ExecutionSite elsewhere = site();
                BackgroundSession old = BackgroundSession.holding(elsewhere.db, OLD)) {
            run(site, BUILD);

            assertThat(indexes(site)).containsExactly(NAME.quoted());
            assertThat(site.waits).isEmpty();
            assertThat(old.queryRows("SELECT 'report'")).hasSize(1);
        }
    }

    @Test
    void aPreparedWriterHoldsUpABuildAndIsNamedByItsGid() throws Exception {
        try (ExecutionSite site = site()) {
            String gid = "gtx of " + site.db.name();
            site.db.execute("BEGIN; INSERT INTO users VALUES (0, 'zero'); PREPARE TRANSACTION '" + gid + "'");
            assertThat(told(site, BUILD, () -> site.db.execute("COMMIT PREPARED '" + gid + "'")))
                    .contains("in the way: prepared transaction '" + gid + "' (user " + site.db.user())
                    .endsWith(") holds ROW EXCLUSIVE on users");
            assertThat(site.db.queryLong("SELECT count(*) FROM users WHERE name = 'zero'"))
                    .isEqualTo(1);
        }
    }

    @Test
    void aReaderHoldsUpADropAndIsNamed() throws Exception {
        Step drop = step(1, new Action.DropIndex(ExecutionSite.USERS, NAME), new Action.Nothing());
        try (ExecutionSite site = ExecutionSite.of(drop)) {
            site.db.execute(
                    "CREATE TABLE users (id int PRIMARY KEY, name text)",
                    "INSERT INTO users VALUES (1, 'Ann')",
                    "CREATE INDEX " + NAME.quoted() + " ON users (name)");
            try (BackgroundSession reader = BackgroundSession.holding(site.db, "BEGIN; SELECT name FROM users")) {
                assertThat(told(site, drop, reader::close))
                        .startsWith("the end of older transactions (DROP INDEX CONCURRENTLY on \"public\".\"users\")")
                        .contains("pid " + reader.pid(), ") holds ACCESS SHARE on users; last query: ");
            }
            assertThat(indexes(site)).isEmpty();
        }
    }

    @Test
    void whoMayNotBeSeenIsNamedAllTheSame() throws Exception {
        try (ExecutionSite site = site();
                BackgroundSession old = BackgroundSession.holding(site.db, site.db.createRole("other"), OLD)) {
            assertThat(told(site, BUILD, old::close))
                    .contains("pid " + old.pid() + " (user other_", "not visible to this role, grant pg_read_all_stats")
                    .doesNotContain("report");
        }
    }
}
