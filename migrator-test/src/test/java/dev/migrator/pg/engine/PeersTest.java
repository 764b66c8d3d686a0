package dev.migrator.pg.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.Migration;
import dev.migrator.MigrationFileException;
import dev.migrator.MigrationFiles;
import dev.migrator.Phase;
import dev.migrator.engine.EngineListener;
import dev.migrator.engine.PlanRefusedException;
import dev.migrator.pg.execute.Application;
import dev.migrator.pg.internal.plan.PgPlanner;
import dev.migrator.pg.internal.state.StateSchema;
import dev.migrator.plan.Action;
import dev.migrator.plan.Plan;
import dev.migrator.test.BackgroundSession;
import dev.migrator.test.EngineCrash;
import dev.migrator.test.FaultPlan;
import dev.migrator.test.FaultyDataSource;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.SchemaSnapshot;
import dev.migrator.test.TestDatabase;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What another tool for live schema changes was seen to do, by its number in the list of its failures; each test is named
 * after what must not happen here. What can't be met by this version's operations (views, for one) has no number here.
 */
class PeersTest {
    private static final int ROWS = 2000;
    private static final String RETYPE =
            "- changeType: { table: users, column: n, type: bigint, to: big, up: 'n * 10', down: 'big / 10' }\n";
    private static final String RENAME = "- renameColumn: { table: users, column: note, to: remark }\n";

    private TestDatabase database;

    @BeforeEach
    void createDatabase() {
        database = PostgresServer.shared().createDatabase();
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    private void users() {
        database.execute(
                "CREATE TABLE users (id int PRIMARY KEY, n int, note text)",
                "INSERT INTO users SELECT g, g, repeat('x', 200) FROM generate_series(1, " + ROWS + ") g");
    }

    private Rig rig() {
        return Rig.over(database);
    }

    private static Migration migration(String operations) {
        return Rig.migration("0001_test", operations);
    }

    private long rows(String condition) {
        return database.queryLong("SELECT count(*) FROM users WHERE " + condition);
    }

    /**
     * An engine dies after its n-th statement of a kind, and the time of its lease passes. The first statement that has
     * the text of one that is planned records the plan.
     */
    private void dies(Migration migration, Phase phase, Predicate<String> kind, int n) {
        rig();
        try (SessionPool pool = new SessionPool(database.dataSource())) {
            FaultyDataSource faulty = FaultyDataSource.over(pool.dataSource(), FaultPlan.crashAfter(n), kind);
            assertThatThrownBy(() -> Rig.over(database, faulty, EngineListener.NONE)
                            .engine()
                            .migrate(migration, phase, true))
                    .isInstanceOf(EngineCrash.class);
            assertThat(faulty.fired()).isTrue();
        }
        database.execute("UPDATE migrator.control SET expires_at = '-infinity'");
    }

    /** No statement of the application fails while this happens. */
    private void whileWriting(IntFunction<String> statements, Runnable work) {
        try (Application application = new Application(database, 2, statements)) {
            work.run();
            int before = application.completed();
            while (application.completed() < before + 10
                    && application.failures().isEmpty()) {
                Thread.onSpinWait();
            }
            application.close();
            assertThat(application.failures()).isEmpty();
        }
    }

    private static String oldWrite(int n) {
        return n % 2 == 0
                ? "UPDATE users SET n = n + 1 WHERE id = " + (1 + n % ROWS)
                : "INSERT INTO users VALUES (" + (ROWS + n) + ", " + n + ", NULL)";
    }

    @Test
    void no01ATypoInUpIsReportedAsSuccess() {
        users();
        SchemaSnapshot before = database.snapshot("public");
        assertThatThrownBy(
                        () -> rig().engine().migrate(migration(RETYPE.replace("n * 10", "m * 10")), Phase.PURGE, true))
                .isInstanceOf(PlanRefusedException.class)
                .hasMessageContaining("column \"m\" does not exist");
        assertThat(before.differences(database.snapshot("public"))).isEmpty();
    }

    @Test
    void no02AfterADeathInTheBackfillCompletionLosesTheRest() {
        users();
        Migration migration = migration(RETYPE);
        dies(migration, Phase.BACKFILL, sql -> sql.contains("WITH filled AS"), 2);
        assertThat(rows("big IS NULL")).isPositive();
        rig().to(migration, Phase.PURGE);
        assertThat(rows("big = id * 10")).isEqualTo(ROWS);
    }

    @Test
    void no02CompletionWhileTheBackfillRunsLosesTheRest() {
        users();
        Migration migration = migration(RETYPE);
        Rig first = rig();
        Rig second = rig();
        CompletableFuture<Rig> backfill = CompletableFuture.supplyAsync(() -> first.to(migration, Phase.BACKFILL));
        second.to(migration, Phase.PURGE);
        backfill.join();
        assertThat(rows("big = id * 10")).isEqualTo(ROWS);
    }

    @Test
    void no03AfterADeathInCompletionItCannotRunAgain() {
        users();
        Migration migration = migration(RETYPE);
        dies(migration, Phase.PURGE, sql -> sql.startsWith("BEGIN") && sql.contains("DROP COLUMN IF EXISTS"), 2);
        rig().to(migration, Phase.PURGE);
        assertThat(rows("big = id * 10")).isEqualTo(ROWS);
    }

    @Test
    void no03AfterADeathInCompletionRollbackDropsTheOnlyCopy() {
        users();
        SchemaSnapshot before = database.snapshot("public");
        Migration migration = migration(RETYPE);
        dies(migration, Phase.CONTRACT, sql -> sql.startsWith("BEGIN") && sql.contains("RENAME COLUMN"), 2);
        assertThat(rows("big = id * 10")).isEqualTo(ROWS);
        rig().back(migration, Optional.empty());
        assertThat(rows("n = id")).isEqualTo(ROWS);
        assertThat(before.differences(database.snapshot("public"))).isEmpty();
    }

    @Test
    void no04LongNamesAreCutToTheSame() {
        String long1 = "a".repeat(62) + "1";
        String long2 = "a".repeat(62) + "2";
        database.execute(
                "CREATE TABLE %s (%s int, %s int)".formatted(long1, long1, long2),
                "INSERT INTO %s VALUES (1, 2)".formatted(long1));
        String other = "b".repeat(62);
        rig().to(
                        migration(
                                """
                                - renameColumn: { table: %1$s, column: %1$s, to: %3$s1 }
                                - renameColumn: { table: %1$s, column: %2$s, to: %3$s2 }
                                """
                                        .formatted(long1, long2, other)),
                        Phase.PURGE);
        assertThat(database.queryRows("SELECT %s1, %s2 FROM %s".formatted(other, other, long1)))
                .containsExactly(List.of("1", "2"));
    }

    @Test
    void no05WritesUnderAnotherSearchPathAreOverwritten() {
        users();
        Migration migration = migration(RETYPE);
        rig().to(migration, Phase.EXPAND);
        database.execute(
                "CREATE SCHEMA v2",
                "SET search_path = v2, public; UPDATE users SET big = 7 WHERE id = 1; SET search_path = '';"
                        + " UPDATE public.users SET big = 8 WHERE id = 2; INSERT INTO public.users (id, n) VALUES (0, 5)");
        rig().to(migration, Phase.PURGE);
        assertThat(database.queryStrings("SELECT big::text FROM users WHERE id < 3 ORDER BY id"))
                .containsExactly("50", "7", "8");
    }

    @Test
    void no06NotNullIsInForceBeforeTheTriggerThatFills() {
        users();
        Migration migration = migration(
                """
                - setNotNull: { table: users, column: note, fill: "'none'" }
                - createIndex: { table: users, name: users_n, columns: [ n ] }
                """);
        whileWriting(PeersTest::oldWrite, () -> rig().to(migration, Phase.VALIDATE));
        assertThat(rows("note IS NULL")).isZero();
    }

    @Test
    void no07WritesFailBetweenTheLastColumnAndTheTrigger() {
        users();
        Migration migration = migration(RENAME);
        rig().to(migration, Phase.CONTRACT);
        whileWriting(n -> "INSERT INTO users (id, remark) VALUES (" + (ROWS + n) + ", 'r')", () -> {
            try (BackgroundSession reader = BackgroundSession.holding(database, "BEGIN; SELECT count(*) FROM users")) {
                CompletableFuture<Void> end = reader.start("SELECT pg_sleep(2); COMMIT");
                rig().to(migration, Phase.PURGE);
                end.join();
            }
        });
        assertThat(rows("remark IS NULL")).isZero();
    }

    @Test
    void no08AReaderMakesTheApplicationWaitForTheTrigger() {
        users();
        Migration migration = migration(RENAME);
        // With a limit of its own each statement: one that queues behind a lock request of ours for long fails.
        IntFunction<String> impatient = n -> "SET statement_timeout = '5s'; " + oldWrite(n);
        whileWriting(impatient, () -> {
            try (BackgroundSession reader = BackgroundSession.holding(database, "BEGIN; SELECT count(*) FROM users")) {
                CompletableFuture<Void> end = reader.start("SELECT pg_sleep(8); COMMIT");
                rig().to(migration, Phase.EXPAND);
                end.join();
            }
        });
    }

    @Test
    void no09AnOlderSnapshotAndALockTimeoutLeaveAnInvalidIndex() {
        users();
        database.execute("CREATE TABLE other (id int)");
        database.executeAsSuperuser("ALTER ROLE \"" + database.user() + "\" SET lock_timeout = '200ms'");
        Migration migration = migration("- createIndex: { table: users, name: users_n, columns: [ n ] }\n");
        try (BackgroundSession snapshot = BackgroundSession.holding(
                database, "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM other")) {
            CompletableFuture<Void> end = snapshot.start("SELECT pg_sleep(2); COMMIT");
            rig().to(migration, Phase.PURGE);
            end.join();
        }
        assertThat(database.queryStrings("SELECT indexrelid::regclass::text || ' ' || indisvalid FROM pg_index"
                        + " WHERE indrelid = 'users'::regclass ORDER BY 1"))
                .containsExactly("users_n true", "users_pkey true");
    }

    @Test
    void no11CopiesOfForeignKeysAreAddedValidated() {
        users();
        database.execute("CREATE TABLE items (id int, user_id int REFERENCES users)");
        new StateSchema(database.dataSource(), Rig.STATE).install();
        Plan plan = new PgPlanner(database.dataSource(), Rig.STATE)
                .plan(migration("- renameColumn: { table: items, column: user_id, to: owner }\n"));
        List<String> keys = plan.steps().stream()
                .filter(step -> step.action() instanceof Action.Transaction)
                .flatMap(step -> ((Action.Transaction) step.action()).statements().stream())
                .filter(statement -> statement.contains("FOREIGN KEY"))
                .toList();
        assertThat(keys).isNotEmpty().allMatch(statement -> statement.endsWith("NOT VALID"));
    }

    @Test
    void no12ATypeChangeLosesPartsOfIndexesAndGrants() {
        String role = database.createRole("reader");
        String[] schema = {
            "CREATE TABLE users (id int, n int, name text, PRIMARY KEY (n, id))",
            "CREATE INDEX by_name ON users (name text_pattern_ops DESC NULLS LAST, n) INCLUDE (id) WHERE n > 3",
            "CREATE INDEX by_sum ON users ((n + id))",
            "CREATE STATISTICS n_and_id ON n, id FROM users",
            "GRANT SELECT (n) ON users TO \"" + role + '"'
        };
        try (TestDatabase plain = PostgresServer.shared().createDatabase()) {
            database.execute(schema);
            plain.execute(schema);
            plain.execute("ALTER TABLE users ALTER COLUMN n TYPE bigint");
            rig().to(migration("- changeType: { table: users, column: n, type: bigint }\n"), Phase.PURGE);
            for (String question : List.of(
                    "SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = 'users'::regclass ORDER BY 1",
                    "SELECT pg_get_statisticsobjdef(oid) FROM pg_statistic_ext",
                    "SELECT attname FROM pg_attribute WHERE attrelid = 'users'::regclass AND attacl IS NOT NULL")) {
                assertThat(database.queryStrings(question))
                        .isEqualTo(plain.queryStrings(question))
                        .isNotEmpty();
            }
        }
    }

    @Test
    void no14ACheckIsRewrittenAsText() {
        database.execute(
                "CREATE TABLE users (id int, note text CHECK (note <> 'note' AND note NOT LIKE '%note %'))",
                "INSERT INTO users VALUES (1, 'a')");
        rig().to(migration(RENAME), Phase.PURGE);
        assertThat(database.queryString("SELECT pg_get_constraintdef(oid) FROM pg_constraint"
                        + " WHERE conrelid = 'users'::regclass AND contype = 'c'"))
                .isEqualTo("CHECK (((remark <> 'note'::text) AND (remark !~~ '%note %'::text)))");
    }

    @Test
    void no15OperationsThatAreNoListAreReportedAsSuccess() {
        assertThatThrownBy(() -> MigrationFiles.parse(
                        "0001_test", "0001_test.yaml", "operations:\n  renameColumn: { table: a, column: b, to: c }\n"))
                .isInstanceOf(MigrationFileException.class)
                .hasMessageContaining("operations");
    }

    @Test
    void no16AUniqueColumnOfTheSameNameOnTwoTablesGetsStuck() {
        database.execute(
                "CREATE TABLE users (id int, code int UNIQUE)", "CREATE TABLE others (id int, code int UNIQUE)");
        rig().to(
                        migration(
                                """
                                - changeType: { table: users, column: code, type: bigint }
                                - changeType: { table: others, column: code, type: bigint }
                                """),
                        Phase.PURGE);
        assertThat(
                        database.queryStrings(
                                "SELECT conname FROM pg_constraint WHERE contype = 'u' AND connamespace = 'public'::regnamespace ORDER BY 1"))
                .containsExactly("others_code_key", "users_code_key");
    }

    @Test
    void no17APolicyOrAViewIsNoticedAfterTheOldVersionIsGone() {
        users();
        database.execute("CREATE VIEW notes AS SELECT note FROM users", "CREATE POLICY own ON users USING (note = '')");
        SchemaSnapshot before = database.snapshot("public");
        assertThatThrownBy(() -> rig().engine().migrate(migration(RENAME), Phase.PURGE, true))
                .isInstanceOf(PlanRefusedException.class)
                .hasMessageContainingAll("view public.notes", "policy own");
        assertThat(before.differences(database.snapshot("public"))).isEmpty();
    }

    @Test
    void no18ACompositeKeyInAnotherOrderThanTheColumnsMakesTheBackfillQuadratic() {
        database.execute(
                "CREATE TABLE users (a int, b int, n int, PRIMARY KEY (b, a))",
                "INSERT INTO users SELECT g % 10, g, g FROM generate_series(1, 20000) g");
        Migration migration = migration(RETYPE);
        rig().to(migration, Phase.EXPAND);
        rig().to(migration, Phase.BACKFILL);
        // By blocks: no batch looks anything up by the key.
        assertThat(database.queryLong("SELECT pg_stat_get_numscans('users_pkey'::regclass)"))
                .isZero();
        assertThat(rows("big = n * 10")).isEqualTo(20_000);
    }
}
