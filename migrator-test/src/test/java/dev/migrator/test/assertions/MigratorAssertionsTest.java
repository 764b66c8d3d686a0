package dev.migrator.test.assertions;

import static dev.migrator.test.assertions.MigratorAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.MigrationFiles;
import dev.migrator.Phase;
import dev.migrator.pg.internal.transact.ExecutorSettings;
import dev.migrator.plan.LockMode;
import dev.migrator.test.BackgroundSession;
import dev.migrator.test.BaseSchema;
import dev.migrator.test.Crashes;
import dev.migrator.test.LockTrace;
import dev.migrator.test.MigrationDatabase;
import dev.migrator.test.MigrationSuite;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.TakenLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigratorAssertionsTest {
    private static final String RENAME = "- renameColumn: { table: users, column: name, to: full_name }\n";

    private static final String OWN_SQL =
            "- sql: { expand: \"CREATE TABLE audit (id int)\", rollback: \"DROP TABLE audit\" }\n";

    private static void in(String operations, Consumer<MigrationDatabase> test) {
        String yaml = "operations:\n" + operations.indent(2);
        MigrationSuite suite = MigrationSuite.of(
                BaseSchema.sql("shop/flyway"), List.of(MigrationFiles.parse("0001_it", "0001_it.yaml", yaml)));
        try (MigrationDatabase database = suite.createDatabase(PostgresServer.shared())) {
            test.accept(database);
        }
    }

    @Test
    void aRenameIsReversibleAndLosesNothing() {
        in(RENAME, database -> {
            assertThat(database).isReversibleUntil(Phase.CONTRACT).isLossless();
            assertThat(database.phase()).isEmpty();
            database.advanceTo(Phase.BACKFILL);
            assertThat(database).hasNoPendingRows();
        });
    }

    @Test
    void pendingRowsAreFound() {
        in(RENAME, database -> {
            assertThatThrownBy(() -> assertThat(database).hasNoPendingRows())
                    .hasMessageContaining("has not begun, so no row has two shapes");
            database.advanceTo(Phase.EXPAND);
            assertThatThrownBy(() -> assertThat(database).hasNoPendingRows())
                    .hasMessageContaining("Of 20 rows in migration 0001_it, 20 are pending or differ");
        });
    }

    @Test
    void whatAMigrationLosesIsFound() {
        in("- dropColumn: { table: users, column: email }\n", database -> {
            assertThat(database).isReversibleUntil(Phase.CONTRACT);
            assertThatThrownBy(() -> assertThat(database).isLossless())
                    .hasMessageContaining("loses something where the new release stores what it reads:")
                    .hasMessageContaining("user11@example.org");
        });
        in(
                "- changeType: { table: orders, column: amount, type: text, up: 'amount % 7', down: 'amount::integer' }\n",
                database -> assertThatThrownBy(() -> assertThat(database).isLossless())
                        .isInstanceOf(AssertionError.class));
    }

    @Test
    void ofNoRowsNothingIsShown() {
        MigrationSuite suite = MigrationSuite.of(
                BaseSchema.statements("CREATE TABLE t (id int PRIMARY KEY, n int)"),
                List.of(MigrationFiles.parse(
                        "0001_it", "0001_it.yaml", "operations:\n  - dropColumn: { table: t, column: n }\n")));
        try (MigrationDatabase database = suite.createDatabase(PostgresServer.shared())) {
            assertThatThrownBy(() -> assertThat(database).isLossless()).hasMessageContaining("have no rows");
            assertThatThrownBy(() -> assertThat(database).isReversibleUntil(Phase.EXPAND))
                    .hasMessageContaining("have no rows");
            database.advanceTo(Phase.EXPAND);
            assertThatThrownBy(() -> assertThat(database).hasNoPendingRows()).hasMessageContaining("have no rows");
        }
    }

    @Test
    void aPlanSaysWhatItBlocks(@TempDir Path folder) {
        in(RENAME, database -> {
            assertThat(database.plan())
                    .blocksWritesForAtMost(Duration.ofMillis(1200))
                    .blocksWritesForAtMost(Duration.ofMillis(1050), Duration.ofMillis(50))
                    .rewritesNoTable()
                    .hasNoWarnings();
            assertThatThrownBy(() -> assertThat(database.plan()).blocksWritesForAtMost(Duration.ofMillis(100)))
                    .hasMessageContaining("writes may wait up to 1200 ms at a time, more than 100 ms, for these steps")
                    .hasMessageContaining("ACCESS EXCLUSIVE on \"public\".\"users\"");
            assertThatThrownBy(() -> assertThat(database.plan()).takesNoLockAsStrongAs(LockMode.ACCESS_EXCLUSIVE))
                    .hasMessageContaining("These steps take ACCESS EXCLUSIVE or more:\n  EXPAND, step ");
        });
        in(OWN_SQL, database -> assertThatThrownBy(
                        () -> assertThat(database.plan()).rewritesNoTable())
                .hasMessageContaining("Statements of the operation sql may rewrite tables"));
        in(OWN_SQL, database -> assertThatThrownBy(
                        () -> assertThat(database.plan()).takesNoLockAsStrongAs(LockMode.SHARE))
                .hasMessageContaining("Statements of the operation sql may take locks that are not known"));
        in(RENAME, database -> assertThatThrownBy(() ->
                        assertThat(database.advanceTo(Phase.EXPAND).plan()).hasNoWarnings())
                .hasMessageContaining("ask before EXPAND"));
    }

    @Test
    void theLimitsAreTheEngines() {
        assertThat(ExecutorSettings.defaults().maxStall()).isEqualTo(PlanAssert.LONGEST_WAIT);
        assertThat(ExecutorSettings.defaults().maxHold()).isEqualTo(PlanAssert.LONGEST_HOLD);
    }

    @Test
    void aSnapshotShowsWhenThePlanChanges(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("plans/0001_it.txt");
        in(RENAME, database -> {
            assertThatThrownBy(() -> assertThat(database.plan()).matchesSnapshot(file))
                    .hasMessageContaining("There is no snapshot " + file + " yet")
                    .hasMessageContaining("-Dmigrator.test.snapshots=write");
            System.setProperty(PlanAssert.SNAPSHOTS, "write");
            try {
                assertThat(database.plan()).matchesSnapshot(file);
            } finally {
                System.clearProperty(PlanAssert.SNAPSHOTS);
            }
            assertThat(database.plan()).matchesSnapshot(file);
        });
        Files.writeString(file, Files.readString(file).replace("full_name", "fullname"));
        in(RENAME, database -> assertThatThrownBy(
                        () -> assertThat(database.plan()).matchesSnapshot(file))
                .hasMessageContaining("The plan is not the one in " + file)
                .hasMessageContaining(" was: ")
                .hasMessageContaining("fullname"));
    }

    @Test
    void theLocksAreThoseOfThePlan() {
        in(RENAME, database -> {
            LockTrace trace = LockTrace.of(database);
            assertThat(trace).isAsPlanned().stoppedWritesForAtMost(Duration.ofSeconds(10));
            assertThat(trace.locks())
                    .extracting(TakenLock::mode)
                    .contains(LockMode.ACCESS_EXCLUSIVE, LockMode.SHARE_UPDATE_EXCLUSIVE);
            assertThat(trace.longestStop()).isPositive();
            assertThatThrownBy(() -> assertThat(trace).stoppedWritesForAtMost(Duration.ZERO))
                    .hasMessageContaining("Writes were stopped for ");
        });
    }

    @Test
    void aLockThatIsNotInThePlanIsFound() {
        in(
                "- sql: { expand: \"ALTER TABLE orders ALTER COLUMN amount SET DEFAULT 1\", rollback: \"SELECT 1\" }\n",
                database -> assertThatThrownBy(
                                () -> assertThat(LockTrace.of(database)).isAsPlanned())
                        .hasMessageContaining("The plan does not name these locks:\n  EXPAND")
                        .hasMessageContaining("ACCESS EXCLUSIVE on \"public\".\"orders\" after ALTER TABLE"));
    }

    @Test
    void survivesCrashes() {
        in(RENAME, database -> assertThat(Crashes.of(database).crashAtSomeStatements(6, 3))
                .isBetween(4, 8));
    }

    @Test
    void waitsForOthers() {
        in(RENAME, database -> {
            try (BackgroundSession reader = database.holdLock("users", LockMode.ACCESS_SHARE)) {
                Thread migration = new Thread(() -> database.advanceTo(Phase.EXPAND));
                migration.start();
                reader.awaitBlocking();
                database.database().execute("UPDATE users SET name = 'written meanwhile' WHERE id = 1");
                reader.close();
                join(migration);
            }
            try (BackgroundSession report = database.longTransaction()) {
                database.advanceTo(Phase.BACKFILL);
                assertThat(report.pid()).isPositive();
            }
            assertThat(database.killWorker()).isFalse();
            assertThat(database.advanceTo(Phase.CONTRACT)
                            .database()
                            .queryString("SELECT full_name FROM users WHERE id = 1"))
                    .isEqualTo("written meanwhile");
        });
    }

    @Test
    void aWorkerThatIsKilledCostsNothingButTime() {
        in(RENAME, database -> {
            database.database()
                    .execute("INSERT INTO users SELECT g, 'name ' || g, NULL FROM generate_series(21, 60000) g");
            database.advanceTo(Phase.EXPAND);
            Thread migration = new Thread(() -> database.advanceTo(Phase.BACKFILL));
            migration.start();
            boolean killed = false;
            while (!killed && migration.isAlive()) {
                killed = database.killWorker();
            }
            join(migration);
            assertThat(killed).as("a session at work was found").isTrue();
            assertThat(database.phase()).contains(Phase.BACKFILL);
            assertThat(database).hasNoPendingRows();
        });
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
