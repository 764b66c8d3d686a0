package dev.migrator.pg.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.engine.EngineListener;
import dev.migrator.engine.Outcome;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.SchemaSnapshot;
import dev.migrator.test.TestDatabase;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What somebody does to a table between the phases of its migration harms nothing, or stops the next phase, which says what it was. */
class SurroundingsMeanwhileTest {
    private static final Migration WIDEN =
            Rig.migration("0001_widen", "- changeType: { table: users, column: n, type: bigint }\n");
    private static final Migration DROP = Rig.migration("0001_drop", "- dropColumn: { table: users, column: n }\n");

    private TestDatabase database;
    private SessionPool pool;
    private Rig rig;

    @BeforeEach
    void createDatabase() {
        database = PostgresServer.shared().createDatabase();
        database.execute(
                "CREATE TABLE parent (m int)",
                "CREATE TABLE users (id int PRIMARY KEY, n int UNIQUE DEFAULT 7, m int)",
                "CREATE INDEX by_m ON users (m)",
                "INSERT INTO users SELECT g, g, g FROM generate_series(1, 2000) g");
        pool = new SessionPool(database.dataSource());
        rig = Rig.over(database, pool.dataSource(), EngineListener.NONE);
    }

    @AfterEach
    void dropDatabase() {
        pool.close();
        database.close();
    }

    static Stream<Arguments> changes() {
        String view = "CREATE VIEW ns AS SELECT n FROM users";
        String noView = "DROP VIEW ns";
        return Stream.of(
                Arguments.of(WIDEN, view, "view public.ns", noView),
                Arguments.of(DROP, view, "view public.ns", noView),
                Arguments.of(
                        WIDEN,
                        "CREATE TABLE orders (n int REFERENCES users (n))",
                        "foreign key orders_n_fkey of table public.orders",
                        "DROP TABLE orders"),
                Arguments.of(
                        DROP,
                        "CREATE TABLE orders (n int REFERENCES users (n))",
                        "foreign key orders_n_fkey of table public.orders",
                        "DROP TABLE orders"),
                Arguments.of(WIDEN, "CREATE INDEX by_n ON users (n, m)", "index \"by_n\"", "DROP INDEX by_n"),
                Arguments.of(
                        WIDEN,
                        "ALTER TABLE users ADD CONSTRAINT small CHECK (n < 9999)",
                        "constraint \"small\"",
                        "ALTER TABLE users DROP CONSTRAINT small"),
                Arguments.of(
                        WIDEN,
                        "CREATE STATISTICS s ON n, m FROM users",
                        "statistics \"public\".\"s\"",
                        "DROP STATISTICS s"),
                Arguments.of(
                        WIDEN,
                        "ALTER TABLE users ALTER n SET DEFAULT 8",
                        "column \"public\".\"users\".\"n\"",
                        "ALTER TABLE users ALTER n SET DEFAULT 7"),
                Arguments.of(
                        WIDEN,
                        "ALTER TABLE users DISABLE TRIGGER USER",
                        "(enabled: D)",
                        """
                        DO $$DECLARE t record; BEGIN
                          FOR t IN SELECT tgname FROM pg_trigger WHERE tgrelid = 'users'::regclass AND NOT tgisinternal LOOP
                            EXECUTE format('ALTER TABLE users ENABLE ALWAYS TRIGGER %I', t.tgname);
                          END LOOP;
                        END$$
                        """),
                Arguments.of(
                        WIDEN,
                        "ALTER TABLE users INHERIT parent",
                        "has parents or children",
                        "ALTER TABLE users NO INHERIT parent"),
                Arguments.of(
                        WIDEN, "CREATE TABLE child () INHERITS (users)", "has parents or children", "DROP TABLE child"),
                Arguments.of(
                        WIDEN,
                        "CREATE TABLE whole (LIKE users) PARTITION BY LIST (id); ALTER TABLE whole ATTACH PARTITION users DEFAULT",
                        "has parents or children",
                        "ALTER TABLE whole DETACH PARTITION users; DROP TABLE whole"),
                Arguments.of(
                        WIDEN,
                        "CREATE PUBLICATION news FOR TABLE users",
                        "publication news of all columns",
                        "DROP PUBLICATION news"),
                Arguments.of(
                        WIDEN,
                        "CREATE RULE quiet AS ON UPDATE TO users DO INSTEAD NOTHING",
                        "rule quiet on table public.users",
                        "DROP RULE quiet ON users"),
                Arguments.of(
                        WIDEN,
                        "ALTER TABLE users ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
                        "has FORCE ROW LEVEL SECURITY",
                        "ALTER TABLE users DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY"),
                Arguments.of(
                        WIDEN,
                        "ALTER TABLE users RENAME n TO k",
                        "gone or changed: column \"public\".\"users\".\"n\"",
                        "ALTER TABLE users RENAME k TO n"));
    }

    @ParameterizedTest(name = "{1} ({0})")
    @MethodSource("changes")
    void aChangeThatCannotBeBorneStopsTheNextPhaseUntilItIsUndone(
            Migration migration, String change, String told, String undo) {
        SchemaSnapshot before = database.snapshot("public");
        for (Phase phase : List.of(Phase.BACKFILL, Phase.VALIDATE, Phase.CONTRACT)) {
            rig.to(migration, phase.previous().orElseThrow());
            database.execute(change);
            Outcome outcome = rig.engine().migrate(migration, phase, true);
            assertThat(outcome)
                    .as("%s before %s", change, phase)
                    .isInstanceOfSatisfying(Outcome.Failed.class, failed -> assertThat(failed.message())
                            .contains(
                                    "before " + phase, told, "Nothing of " + phase + " was done", "Undo that change"));
            database.execute(undo);
            rig.to(migration, phase);
        }
        rig.back(migration, Optional.empty());
        assertThat(before.differences(database.snapshot("public"))).isEmpty();
        assertThat(database.queryLong("SELECT sum(n) FROM users")).isEqualTo(2001000);
    }

    @Test
    void aForeignKeyToTheRetiredColumnIsFoundBeforeThePointOfNoReturn() {
        rig.to(WIDEN, Phase.CONTRACT);
        String retired = database.queryString("SELECT attname FROM pg_attribute WHERE attrelid = 'users'::regclass"
                + " AND attname LIKE 'mg!_%!_r%' ESCAPE '!'");
        database.execute("CREATE TABLE orders (n int REFERENCES users (%s))".formatted(retired));
        assertThat(rig.engine().migrate(WIDEN, Phase.PURGE, true))
                .isInstanceOfSatisfying(Outcome.Failed.class, failed -> assertThat(failed.message())
                        .contains("foreign key orders_n_fkey of table public.orders", "Nothing of PURGE was done"));
        database.execute("DROP TABLE orders");
        rig.to(WIDEN, Phase.PURGE);
    }

    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"EXPAND", "CONTRACT"})
    void whatMovesOrRemovesRowsBetweenThePhasesHarmsNothing(Phase after) {
        SchemaSnapshot before = database.snapshot("public");
        rig.to(WIDEN, after);
        database.execute("CLUSTER users USING by_m", "DELETE FROM users WHERE id % 3 = 0", "VACUUM FULL users");
        rig.to(WIDEN, Phase.CONTRACT);
        assertThat(database.queryLong("SELECT sum(n) FROM users WHERE n = id")).isEqualTo(1334667);
        rig.back(WIDEN, Optional.empty());
        assertThat(database.queryLong("SELECT sum(n) FROM users WHERE n = id")).isEqualTo(1334667);
        database.execute("ALTER TABLE users SET WITHOUT CLUSTER");
        assertThat(before.differences(database.snapshot("public"))).isEmpty();
        rig.to(WIDEN, after);
        database.execute(
                "TRUNCATE users", "INSERT INTO users (id, n) VALUES (1, 1)", "INSERT INTO users (id) VALUES (2)");
        rig.to(WIDEN, Phase.PURGE);
        assertThat(database.queryRows("SELECT id, n FROM users ORDER BY id"))
                .containsExactly(List.of("1", "1"), List.of("2", "7"));
    }

    /** A guard that refuses every rewriting of a table finds nothing to refuse, and one that takes notes disturbs nothing. */
    @Test
    void eventTriggersSeeNoRewriting() {
        database.execute(
                "CREATE TABLE notes (tag text)",
                """
                CREATE FUNCTION noted() RETURNS event_trigger LANGUAGE plpgsql AS
                $$BEGIN INSERT INTO public.notes VALUES (tg_tag); END$$
                """,
                """
                CREATE FUNCTION rewritten() RETURNS event_trigger LANGUAGE plpgsql AS
                $$BEGIN
                  IF EXISTS (SELECT FROM pg_class WHERE oid = pg_event_trigger_table_rewrite_oid() AND relpersistence = 'p') THEN
                    RAISE 'no rewriting here';
                  END IF;
                END$$
                """);
        database.executeAsSuperuser(
                "CREATE EVENT TRIGGER noted ON ddl_command_end EXECUTE FUNCTION public.noted()",
                "CREATE EVENT TRIGGER rewritten ON table_rewrite EXECUTE FUNCTION public.rewritten()");
        rig.to(WIDEN, Phase.CONTRACT).back(WIDEN, Optional.empty()).to(WIDEN, Phase.PURGE);
        assertThat(database.queryLong("SELECT count(*) FROM notes WHERE tag = 'ALTER TABLE'"))
                .isPositive();
    }

    @Test
    void anEventTriggerThatForbidsTheChangeStopsItAndNothingIsLeft() {
        database.execute(
                """
                CREATE FUNCTION forbidden() RETURNS event_trigger LANGUAGE plpgsql AS
                $$BEGIN
                  IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() WHERE object_identity = 'public.users') THEN
                    RAISE 'not during the sale';
                  END IF;
                END$$
                """);
        SchemaSnapshot before = database.snapshot("public");
        database.executeAsSuperuser(
                "CREATE EVENT TRIGGER sale ON ddl_command_end WHEN TAG IN ('ALTER TABLE') EXECUTE FUNCTION public.forbidden()");
        assertThat(rig.engine().migrate(WIDEN, Phase.EXPAND, true))
                .isInstanceOfSatisfying(Outcome.Failed.class, failed -> assertThat(failed.message())
                        .contains("EXPAND", "not during the sale", "Nothing of this transaction remains"));
        database.executeAsSuperuser("DROP EVENT TRIGGER sale");
        assertThat(before.differences(database.snapshot("public"))).isEmpty();
        rig.to(WIDEN, Phase.CONTRACT);
    }

    /** Nothing but a write for trial tells, where the trigger's function hides how it copies the row. */
    @Test
    void aTriggerThatCannotLiveWithMoreColumnsIsFoundBeforeExpandIsCommitted() {
        database.execute(
                "CREATE TABLE archive (id int, n int, m int)",
                """
                CREATE FUNCTION archive() RETURNS trigger LANGUAGE plpgsql AS
                $$BEGIN EXECUTE 'INSERT INTO archive SELECT ($1).*' USING NEW; RETURN NULL; END$$
                """,
                "CREATE TRIGGER archive AFTER UPDATE ON users FOR EACH ROW EXECUTE FUNCTION archive()");
        SchemaSnapshot before = database.snapshot("public");
        assertThat(rig.engine().migrate(WIDEN, Phase.EXPAND, true))
                .isInstanceOfSatisfying(Outcome.Failed.class, failed -> assertThat(failed.message())
                        .contains(
                                "EXPAND",
                                "more expressions than target columns",
                                "Nothing of this transaction remains"));
        assertThat(before.differences(database.snapshot("public"))).isEmpty();
        assertThat(database.queryLong("SELECT count(*) FROM archive")).isZero();
        database.execute("UPDATE users SET m = 4 WHERE id = 1");
        assertThat(database.queryLong("SELECT count(*) FROM archive")).isEqualTo(1);
    }
}
