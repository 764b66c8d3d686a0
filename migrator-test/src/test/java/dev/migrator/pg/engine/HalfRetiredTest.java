package dev.migrator.pg.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.engine.EngineListener;
import dev.migrator.engine.Outcome;
import dev.migrator.test.EngineCrash;
import dev.migrator.test.FaultPlan;
import dev.migrator.test.FaultyDataSource;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.SchemaSnapshot;
import dev.migrator.test.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** CONTRACT breaks off when one of two tables is exchanged; the applications go on, and then the way back is taken. */
class HalfRetiredTest {
    @RegisterExtension
    static final Arenas ARENAS = new Arenas();

    private static final Migration MIGRATION = Rig.migration(
            "0001_two_tables",
            """
            - changeType: { table: numbers, column: n, type: bigint }
            - dropColumn: { table: numbers, column: kind }
            - renameColumn: { table: others, column: name, to: label }
            """);

    /** An engine dies when it has exchanged the table of which the statement is; the first one with its text records the plan. */
    private static void breaksOffAfter(String statement, TestDatabase database, SessionPool pool, Migration migration) {
        FaultyDataSource faulty = FaultyDataSource.over(
                pool.dataSource(), FaultPlan.crashAfter(2), sql -> sql.startsWith("BEGIN") && sql.contains(statement));
        assertThatThrownBy(() -> Rig.over(database, faulty, EngineListener.NONE)
                        .engine()
                        .migrate(migration, Phase.CONTRACT, true))
                .isInstanceOf(EngineCrash.class);
        assertThat(faulty.fired()).isTrue();
    }

    /** The walk back does something forward first, which must not matter either. */
    @ParameterizedTest(name = "{0}")
    @EnumSource
    void atNoStatementOfThatRollbackDoesAMishapMatter(Mishap.Kind kind) {
        Migration migration = Rig.migration(
                "0001_half",
                """
                - changeType: { table: users, column: n, type: bigint }
                - dropColumn: { table: users, column: note }
                - renameColumn: { table: orders, column: note, to: remark }
                """);
        List<SchemaSnapshot> before = new ArrayList<>();
        Mishaps mishaps = new Mishaps(
                ARENAS.all(),
                migration,
                arena -> {
                    before.add(arena.database().snapshot("public", Rig.STATE.value()));
                    breaksOffAfter("\"users\" RENAME COLUMN \"n\"", arena.database(), arena.pool(), migration);
                    arena.leaseRunsOut();
                },
                rig -> rig.engine().rollback(migration, Optional.empty()));
        assertThat(before.get(0).differences(mishaps.whole().schema())).isEmpty();
        mishaps.happenAtSomeChanges(kind, 2);
    }

    @Test
    void aRollbackProvesWhatTheCompletePhaseWouldHaveProven() {
        try (TestDatabase database = PostgresServer.shared().createDatabase()) {
            database.execute(
                    "CREATE TABLE numbers (id int PRIMARY KEY, n int CHECK (n > -5), kind text CHECK (kind <> ''))",
                    "CREATE TABLE others (id int PRIMARY KEY, name text)",
                    "INSERT INTO numbers VALUES (1, 1, 'a'), (2, 2, 'b')",
                    "INSERT INTO others VALUES (1, 'a')");
            SchemaSnapshot before = database.snapshot("public");
            Rig rig = Rig.over(database);
            try (SessionPool pool = new SessionPool(database.dataSource())) {
                breaksOffAfter("\"numbers\" RENAME COLUMN \"n\"", database, pool, MIGRATION);
            }
            database.execute(
                    "UPDATE migrator.control SET expires_at = '-infinity'",
                    "UPDATE numbers SET n = 3000000000 WHERE id = 1");
            assertThat(rig.engine().rollback(MIGRATION, Optional.empty()))
                    .isInstanceOfSatisfying(Outcome.Failed.class, failed -> assertThat(failed.message())
                            .contains("1 row holds values", "id=1"));
            database.execute("UPDATE numbers SET n = 5 WHERE id = 1");
            rig.back(MIGRATION, Optional.empty());
            assertThat(before.differences(database.snapshot("public"))).isEmpty();
            assertThat(database.queryRows("SELECT id, n, kind FROM numbers ORDER BY id"))
                    .containsExactly(List.of("1", "5", "a"), List.of("2", "2", "b"));
        }
    }

    @Test
    void aSequenceThatHasCountedPastTheOldTypeIsToldBeforeAnythingIsUndone() {
        Migration migration = Rig.migration(
                "0001_two_tables",
                """
                - changeType: { table: numbers, column: id, type: bigint }
                - renameColumn: { table: others, column: name, to: label }
                """);
        try (TestDatabase database = PostgresServer.shared().createDatabase()) {
            database.execute(
                    "CREATE TABLE numbers (id serial PRIMARY KEY, n int)",
                    "CREATE TABLE others (id int PRIMARY KEY, name text)",
                    "INSERT INTO numbers (n) VALUES (1)");
            SchemaSnapshot before = database.snapshot("public");
            Rig rig = Rig.over(database);
            try (SessionPool pool = new SessionPool(database.dataSource())) {
                breaksOffAfter("\"numbers\" RENAME COLUMN \"id\"", database, pool, migration);
            }
            database.execute(
                    "UPDATE migrator.control SET expires_at = '-infinity'",
                    "SELECT pg_catalog.setval('numbers_id_seq', 3000000000)");
            assertThat(rig.engine().rollback(migration, Optional.empty()))
                    .isInstanceOfSatisfying(Outcome.Failed.class, failed -> assertThat(failed.message())
                            .contains("numbers_id_seq has counted past 2147483647", "Nothing was done."));
            database.execute(
                    "INSERT INTO numbers (n) VALUES (2)",
                    "DELETE FROM numbers WHERE n = 2",
                    "SELECT pg_catalog.setval('numbers_id_seq', 10)");
            rig.back(migration, Optional.empty());
            assertThat(before.differences(database.snapshot("public"))).isEmpty();
        }
    }
}
