package dev.migrator.test.junit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.pg.PostgresMigrator;
import dev.migrator.test.BaseSchema;
import dev.migrator.test.MigrationDatabase;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the extension gives to tests as users write them, run by JUnit itself. */
class MigratorExtensionTest {

    private static List<String> databases() {
        try (TestDatabase seat = PostgresServer.shared().createDatabase()) {
            return seat.queryStrings(
                    "SELECT datname FROM pg_database WHERE datallowconn AND datname <> ?", seat.name());
        }
    }

    @MigrationTest(flyway = "classpath:shop/flyway", migrations = "shop/migrator")
    static class Phases {
        private long before;

        @BeforeEach
        void count(TestDatabase database) {
            before = database.queryLong("SELECT count(*) FROM users");
        }

        @Test
        void beforeTheFirstPhase(MigrationDatabase database, TestDatabase same, DataSource source) throws SQLException {
            assertThat(before).isEqualTo(20);
            assertThat(database.phase()).isEmpty();
            assertThat(database.migration().id()).isEqualTo("0002_full_name");
            assertThat(database.database()).isSameAs(same);
            try (Connection connection = source.getConnection()) {
                assertThat(connection.getCatalog()).isEqualTo(same.name());
            }
            assertThat(
                            same.queryString(
                                    "SELECT atttypid::regtype::text FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attname = 'amount'"))
                    .as("what migrations before have left")
                    .isEqualTo("bigint");
        }

        @Test
        @AtPhase(Phase.CONTRACT)
        void atPhase(MigrationDatabase database, Phase phase) {
            assertThat(phase).isEqualTo(Phase.CONTRACT);
            assertThat(database.phase()).contains(Phase.CONTRACT);
            assertThat(database.database().queryLong("SELECT count(full_name) FROM users"))
                    .isEqualTo(20);
            database.rollbackTo(Phase.VALIDATE).rollback();
            assertThat(database.phase()).isEmpty();
        }

        @EachPhase
        void eachPhase(MigrationDatabase database, Phase phase) {
            assertThat(database.phase()).contains(phase);
            database.database().execute("DELETE FROM orders", "DELETE FROM users");
        }

        @Nested
        @AtPhase(Phase.EXPAND)
        class Inside {
            @Test
            void hasTheSettingsOfTheClassAround(MigrationDatabase database) {
                assertThat(database.phase()).contains(Phase.EXPAND);
            }
        }
    }

    @Test
    void takesAMigrationToAPhaseForEachTest() {
        TestRun run = TestRun.of(Phases.class);
        assertThat(run.failures()).isEmpty();
        assertThat(run.succeeded()).isEqualTo(8);
        assertThat(run.names()).contains("EXPAND", "BACKFILL", "VALIDATE", "CONTRACT", "PURGE");
    }

    @MigrationTest(flyway = "classpath:shop/flyway", migrations = "shop/migrator", keepGates = true)
    static class Gates {
        @Test
        void opensThemOneByOne(MigrationDatabase database) {
            assertThat(database.advanceTo(Phase.VALIDATE).status().position().phase())
                    .isEqualTo(Phase.VALIDATE);
            database.approve(Phase.CONTRACT, "ann")
                    .letTimePass(Duration.ofHours(24))
                    .advanceTo(Phase.CONTRACT);
            database.letTimePass(Duration.ofDays(7)).advanceTo(Phase.PURGE);
            assertThat(database.migrator().history(database.migration().id()))
                    .extracting(event -> event.event())
                    .contains("approved", "gate-pass");
        }

        @Test
        @AtPhase(Phase.CONTRACT)
        void asksForWhatTheyRefuse(MigrationDatabase database) {}

        @Test
        void lacksTime(MigrationDatabase database) {
            database.advanceTo(Phase.VALIDATE).approve(Phase.CONTRACT, "ann").letTimePass(Duration.ofHours(23));
            database.advanceTo(Phase.CONTRACT);
        }
    }

    @Test
    void keepsGatesIfAsked() {
        TestRun run = TestRun.of(Gates.class);
        assertThat(run.failures()).hasSize(2).allSatisfy(failure -> assertThat(failure)
                .contains("Migration 0002_full_name does not come to CONTRACT. It waits before CONTRACT: ")
                .contains("approve(…), letTimePass(…)"));
        assertThat(run.failures()).anyMatch(failure -> failure.contains("approval: "));
        assertThat(run.failures()).anyMatch(failure -> failure.contains("soak: ") && !failure.contains("approval: "));
    }

    @MigrationTest(flyway = "classpath:shop/flyway", migrations = "shop/migrator")
    static class Many {
        static final Set<String> NAMES = ConcurrentHashMap.newKeySet();

        @RepeatedTest(12)
        @AtPhase(Phase.VALIDATE)
        void writes(MigrationDatabase database) {
            NAMES.add(database.database().name());
            database.database().execute("UPDATE users SET name = 'new ' || id");
            database.advanceTo(Phase.CONTRACT);
            assertThat(database.database().queryLong("SELECT count(*) FROM users WHERE full_name = 'new ' || id"))
                    .isEqualTo(20);
        }
    }

    @Test
    void givesADatabaseToEachTestAlsoInParallel() {
        Many.NAMES.clear();
        TestRun run = TestRun.of(Many.class, 4);
        assertThat(run.failures()).isEmpty();
        assertThat(Many.NAMES).hasSize(12);
        assertThat(databases()).doesNotContainAnyElementsOf(Many.NAMES);
    }

    static class InCode {
        @RegisterExtension
        static final MigratorExtension MIGRATION = MigratorExtension.builder()
                .baseSchema(BaseSchema.sql("shop/flyway/V1__users.sql").and(BaseSchema.statements("DELETE FROM users")))
                .migrations(List.of(Migration.builder("0001_active")
                        .addColumn("users", "active", "boolean", options -> options.defaultValue("true"))
                        .build()))
                .settings(builder -> builder.leaseTime(Duration.ofSeconds(20)))
                .build();

        @Test
        @AtPhase(Phase.PURGE)
        void isThere(TestDatabase database, PostgresMigrator migrator) {
            assertThat(database.queryLong("SELECT count(active) FROM users")).isZero();
            assertThat(migrator.status()).hasSize(1);
        }
    }

    @Test
    void isRegisteredInCode() {
        TestRun run = TestRun.of(InCode.class);
        assertThat(run.failures()).isEmpty();
        assertThat(run.succeeded()).isEqualTo(1);
    }

    @MigrationTest(flyway = "classpath:shop/flyway", migrations = "shop/migrator", database = "shop_under_test")
    static class Named {
        @RepeatedTest(3)
        void hasTheName(TestDatabase database) throws InterruptedException {
            assertThat(database.name()).isEqualTo("shop_under_test");
            Thread.sleep(300);
        }
    }

    @Test
    void aNameIsForOneTestAtATime() {
        assertThat(TestRun.of(Named.class).succeeded()).isEqualTo(3);
        TestRun beside = TestRun.of(Named.class, 3);
        assertThat(beside.failures()).isNotEmpty().allSatisfy(failure -> assertThat(failure)
                .contains("There is a database named \"shop_under_test\"")
                .contains("Leave the name out"));
        assertThat(databases()).doesNotContain("shop_under_test");
    }

    @EachPostgres({14, 17, 18})
    @MigrationTest(flyway = "classpath:shop/flyway", migrations = "shop/migrator")
    static class Versions {
        static final Set<Integer> SEEN = ConcurrentHashMap.newKeySet();

        @Test
        @AtPhase(Phase.CONTRACT)
        void runs(MigrationDatabase database) {
            SEEN.add(database.database().server().majorVersion());
        }
    }

    @Test
    void runsOnEachVersion() {
        TestRun run = TestRun.of(Versions.class);
        assertThat(run.failures()).isEmpty();
        List<Integer> missing = Stream.of(14, 17, 18)
                .filter(major -> PostgresServer.missing(major).isPresent())
                .toList();
        assertThat(Stream.of(14, 17, 18).filter(major -> !missing.contains(major)))
                .containsExactlyInAnyOrderElementsOf(Versions.SEEN);
        assertThat(run.results().containerEvents().skipped().stream())
                .hasSize(missing.size())
                .allSatisfy(event ->
                        assertThat(event.getRequiredPayload(String.class)).contains("There is no build of PostgreSQL"));
    }

    static class Failing {
        static final PostgresServer SERVER = PostgresServer.builder().start();
        static Optional<TestDatabase> kept = Optional.empty();

        @RegisterExtension
        static final MigratorExtension MIGRATION = MigratorExtension.builder()
                .server(SERVER)
                .baseSchema(BaseSchema.flyway("classpath:shop/flyway"))
                .migrations("classpath:shop/migrator")
                .keepOnFailure()
                .build();

        @Test
        @AtPhase(Phase.EXPAND)
        void fails(TestDatabase database) {
            kept = Optional.of(database);
            database.execute("SELECT nothing FROM users");
        }
    }

    @MigrationTest(sql = "shop/broken/schema.sql", migrations = "shop/migrator")
    static class BrokenSchema {
        @Test
        void fails(TestDatabase database) {}
    }

    @MigrationTest(flyway = "classpath:shop/none", migrations = "shop/migrator")
    static class NoFlyway {
        @Test
        void fails(TestDatabase database) {}
    }

    @MigrationTest(migrations = "shop/nowhere")
    static class NoFolder {
        @Test
        void fails(TestDatabase database) {}
    }

    @MigrationTest(migrations = "shop/migrator", migration = "0002_fullname")
    static class NoMigration {
        @Test
        void fails(TestDatabase database) {}
    }

    @MigrationTest(migrations = "shop/migrator")
    static class NoTable {
        @Test
        @AtPhase(Phase.EXPAND)
        void fails(TestDatabase database) {}
    }

    @MigrationTest(flyway = "classpath:shop/flyway", migrations = "shop/migrator")
    static class InConstructor {
        @BeforeAll
        static void before(TestDatabase database) {}

        @Test
        void fails() {}
    }

    @MigrationTest(flyway = "classpath:shop/flyway", migrations = "shop/migrator")
    static class NoPhase {
        @Test
        void fails(Phase phase) {}
    }

    @Test
    void saysWhatIsWrongAndTheWayOut() {
        assertThat(TestRun.of(BrokenSchema.class).failure())
                .contains("The base schema does not apply: ")
                .contains("shop/broken/schema.sql:5: ERROR 42704: type \"integr\" does not exist");
        assertThat(TestRun.of(NoFlyway.class).failure())
                .contains("The base schema does not apply: Flyway, with the locations [classpath:shop/none]");
        assertThat(TestRun.of(NoFolder.class).failure())
                .contains("There is no shop/nowhere, neither in ")
                .contains(" nor on the class path.");
        assertThat(TestRun.of(NoMigration.class).failure())
                .contains(
                        "There is no migration 0002_fullname in shop/migrator. There are: 0001_order_amount, 0002_full_name.");
        assertThat(TestRun.of(NoTable.class).failure())
                .contains("Migration 0001_order_amount does not come to PURGE.")
                .contains("orders");
        assertThat(TestRun.of(InConstructor.class).failure()).contains("A TestDatabase is that of one test");
        assertThat(TestRun.of(NoPhase.class).failure()).contains("This test is at no phase: give it @AtPhase(…)");
    }

    /** The files of a server that has ended, the innermost first. */
    private static List<Path> left(String advice) throws IOException {
        Matcher folder = Pattern.compile(" and remove (.+)\\.$").matcher(advice);
        assertThat(folder.find()).as(advice).isTrue();
        try (Stream<Path> files = Files.walk(Path.of(folder.group(1)))) {
            return files.sorted(Comparator.reverseOrder()).toList();
        }
    }

    @Test
    void keepsTheDatabaseOfAFailedTest() throws IOException {
        TestRun run = TestRun.of(Failing.class);
        assertThat(run.failure()).contains("column \"nothing\" does not exist");
        try (TestDatabase kept = Failing.kept.orElseThrow()) {
            assertThat(kept.queryLong("SELECT count(*) FROM users")).isEqualTo(20);
        }
        // Kept, a server is no longer ours to stop.
        Failing.SERVER.close();
        ProcessHandle server =
                ProcessHandle.of(Failing.SERVER.pid().orElseThrow()).orElseThrow();
        assertThat(server.isAlive()).isTrue();
        server.destroy();
        server.onExit().join();
        for (Path data : left(Failing.kept.orElseThrow().keep())) {
            Files.delete(data);
        }
    }
}
