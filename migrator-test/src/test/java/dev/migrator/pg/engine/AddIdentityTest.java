package dev.migrator.pg.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.engine.Outcome;
import dev.migrator.test.BackgroundSession;
import dev.migrator.test.PgDump;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.SchemaSnapshot;
import dev.migrator.test.TestDatabase;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** An identity column that is added: every row gets one number, no number goes to two rows, whoever writes when. */
class AddIdentityTest {
    private static final String[] SCHEMA = {
        "CREATE TABLE tickets (id serial PRIMARY KEY, note text)",
        // The name that PostgreSQL would take first is taken.
        "CREATE TABLE tickets_number_seq (other int)",
        "INSERT INTO tickets (note) SELECT 'n' || g FROM generate_series(1, 3000) g",
    };
    private static final String IDENTITY =
            "SELECT pg_catalog.pg_get_serial_sequence('public.tickets', 'number')::regclass";
    private static final String HELPER =
            "SELECT oid::regclass FROM pg_catalog.pg_class WHERE relkind = 'S' AND relname LIKE 'mg\\_%'";

    private TestDatabase database;

    @BeforeEach
    void createDatabase() {
        database = PostgresServer.shared().createDatabase();
        database.execute(SCHEMA);
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    private static Migration identity(String type, String kind) {
        return Rig.migration(
                "0001_identity",
                "- addColumn: { table: tickets, column: number, type: %s, identity: %s }\n".formatted(type, kind));
    }

    private long rows(String condition) {
        return database.queryLong("SELECT count(*) FROM tickets WHERE " + condition);
    }

    private long numbers() {
        return database.queryLong("SELECT count(DISTINCT number) FROM tickets");
    }

    @Test
    void noNumberIsGivenTwiceWhileOldReleasesWriteThroughAllPhasesForthAndBack() throws Exception {
        Migration migration = identity("bigint", "always");
        String release = database.createRole("release");
        database.execute(
                "GRANT SELECT, INSERT, UPDATE ON tickets TO \"%s\"".formatted(release),
                "GRANT USAGE ON SEQUENCE tickets_id_seq TO \"%s\"".formatted(release));
        Rig rig = Rig.over(database);
        try (TicketWriters writers = new TicketWriters(database, release, 3)) {
            rig.to(migration, Phase.EXPAND);
            writers.awaitMore();
            rig.to(migration, Phase.VALIDATE);
            writers.awaitMore();
            rig.to(migration, Phase.CONTRACT);
            writers.awaitMore();
            rig.back(migration, Optional.of(Phase.VALIDATE));
            writers.awaitMore();
            rig.to(migration, Phase.CONTRACT);
            writers.awaitMore();
            rig.back(migration, Optional.empty());
            writers.awaitMore();
            rig.to(migration, Phase.PURGE);
            writers.awaitMore();
            writers.close();
            assertThat(writers.failures()).isEmpty();
        }
        assertThat(rows("true")).isGreaterThan(3000);
        assertThat(rows("number IS NULL")).isZero();
        assertThat(numbers()).isEqualTo(rows("true"));
        assertThat(database.queryLong("SELECT max(number) FROM tickets"))
                .isLessThanOrEqualTo(database.queryLong("SELECT last_value FROM " + database.queryString(IDENTITY)));
    }

    @ParameterizedTest
    @CsvSource({"bigint, always", "integer, by default", "smallint, always"})
    void afterPurgeItIsTheColumnThatPostgresqlItselfWouldHaveAdded(String type, String kind) {
        try (TestDatabase altered = PostgresServer.shared().createDatabase()) {
            altered.execute(SCHEMA);
            altered.execute("ALTER TABLE tickets ADD COLUMN number %s GENERATED %s AS IDENTITY".formatted(type, kind));
            Rig.over(database).to(identity(type, kind), Phase.PURGE);
            assertThat(altered.snapshot("public").differences(database.snapshot("public")))
                    .isEmpty();
            assertThat(PgDump.schemaOnly(database, "public").map(dump -> dump.replace(database.user(), "owner")))
                    .isEqualTo(PgDump.schemaOnly(altered, "public").map(dump -> dump.replace(altered.user(), "owner")));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"EXPAND", "BACKFILL", "VALIDATE", "CONTRACT"})
    void aRollbackBringsTheSchemaBackAndLosesNoRow(Phase phase) {
        SchemaSnapshot before = database.snapshot("public");
        Optional<String> dump = PgDump.schemaOnly(database, "public");
        Migration migration = identity("int", "by default");
        Rig rig = Rig.over(database).to(migration, phase);
        database.execute("INSERT INTO tickets (note) VALUES ('late')", "UPDATE tickets SET note = 'x' WHERE id = 1");
        rig.back(migration, Optional.empty());
        assertThat(before.differences(database.snapshot("public"))).isEmpty();
        assertThat(PgDump.schemaOnly(database, "public")).isEqualTo(dump);
        assertThat(rows("true")).isEqualTo(3001);
    }

    @Test
    void theNumbersGoOnWhereTheyAreInBothDirections() {
        Migration migration = identity("int", "by default");
        Rig rig = Rig.over(database);
        database.execute("DELETE FROM tickets");
        rig.to(migration, Phase.CONTRACT);
        database.execute("INSERT INTO tickets (note) VALUES ('a'), ('b')");
        rig.back(migration, Optional.of(Phase.VALIDATE));
        database.execute("INSERT INTO tickets (note) VALUES ('c')", "INSERT INTO tickets VALUES (DEFAULT, 'd', 40)");
        rig.to(migration, Phase.PURGE);
        database.execute("INSERT INTO tickets (note) VALUES ('e')");
        assertThat(database.queryStrings("SELECT note || number FROM tickets ORDER BY number"))
                .containsExactly("a1", "b2", "c3", "e4", "d40");
    }

    @Test
    void aNumberTakenPastTheTableWhileTheExchangeIsUndoneIsNotGivenAgain() {
        Migration migration = identity("bigint", "by default");
        Rig rig = Rig.over(database).to(migration, Phase.CONTRACT);
        try (BackgroundSession taker = BackgroundSession.holding(database, "BEGIN")) {
            String taken = taker.queryRows("SELECT nextval('%s')".formatted(database.queryString(IDENTITY)))
                    .get(0)
                    .get(0);
            CompletableFuture<Void> back =
                    CompletableFuture.runAsync(() -> rig.back(migration, Optional.of(Phase.VALIDATE)));
            taker.awaitBlocking();
            taker.execute("INSERT INTO tickets (note, number) VALUES ('taken', " + taken + "); COMMIT");
            back.join();
        }
        database.execute("INSERT INTO tickets (note) SELECT 'later' FROM generate_series(1, 10)");
        assertThat(numbers()).isEqualTo(rows("true"));
    }

    @Test
    void numbersThatRunOutFailNoWriteOfTheOldReleaseAndStopBeforeContract() {
        Migration migration = identity("smallint", "always");
        Rig rig = Rig.over(database).to(migration, Phase.BACKFILL);
        database.execute("ALTER SEQUENCE %s RESTART WITH 32767".formatted(database.queryString(HELPER)));
        database.execute(
                "INSERT INTO tickets (note) VALUES ('last')", "INSERT INTO tickets (note) VALUES ('too many')");
        assertThat(database.queryRows("SELECT note, number FROM tickets WHERE id > 3000 ORDER BY id"))
                .containsExactly(List.of("last", "32767"), List.of("too many", "<null>"));
        assertThat(rig.engine().migrate(migration, Phase.CONTRACT, true))
                .isInstanceOfSatisfying(Outcome.Failed.class, failed -> assertThat(failed.message())
                        .contains("failed: up can't be computed for number"));
    }
}
