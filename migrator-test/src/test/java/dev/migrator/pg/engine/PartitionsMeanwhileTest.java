package dev.migrator.pg.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.engine.EngineListener;
import dev.migrator.engine.Outcome;
import dev.migrator.plan.Step;
import dev.migrator.test.BackgroundSession;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Partitions come, go, and exchange rows while a migration is under way. */
class PartitionsMeanwhileTest {
    /** Spaces at the end are lost on the way there and back. */
    private static final Migration MIGRATION = Rig.migration(
            "0001_visits",
            """
            - changeType: { table: visits, column: name, type: text, to: title, up: "rtrim(name)", down: title }
            """);

    private TestDatabase database;
    private SessionPool pool;

    @BeforeEach
    void createDatabase() {
        database = PostgresServer.shared().createDatabase();
        database.execute(
                "CREATE TABLE visits (id int PRIMARY KEY, name text NOT NULL DEFAULT 'anon') PARTITION BY RANGE (id)",
                "CREATE TABLE visits_1 PARTITION OF visits FOR VALUES FROM (0) TO (100)",
                "CREATE TABLE visits_2 PARTITION OF visits FOR VALUES FROM (100) TO (200) PARTITION BY HASH (id)",
                "CREATE TABLE visits_2_0 PARTITION OF visits_2 FOR VALUES WITH (MODULUS 1, REMAINDER 0)",
                "INSERT INTO visits SELECT g, 'a' || g || ' ' FROM generate_series(1, 9) g");
        pool = new SessionPool(database.dataSource());
    }

    @AfterEach
    void dropDatabase() {
        pool.close();
        database.close();
    }

    private Rig rig() {
        return rig(EngineListener.NONE);
    }

    private Rig rig(EngineListener listener) {
        return Rig.over(database, pool.dataSource(), listener);
    }

    private List<String> rows(String columns) {
        return database.queryStrings("SELECT concat_ws('|', " + columns + ") FROM visits ORDER BY id");
    }

    /** Makes a table like the partitioned one, and fills it past all triggers. */
    private void makeTable(String... columns) {
        String names = String.join(", ", columns);
        String late = "'late '" + ", '?'".repeat(columns.length - 1);
        database.execute(
                "CREATE TABLE late (LIKE visits INCLUDING DEFAULTS)",
                "INSERT INTO late (id, " + names + ") VALUES (301, " + late + "), (302, "
                        + late.replace("late ", "later") + ")");
    }

    private void attach() {
        database.execute("ALTER TABLE visits ATTACH PARTITION late FOR VALUES FROM (300) TO (400)");
    }

    private String marker() {
        return database.queryStrings("SELECT attname FROM pg_attribute WHERE attrelid = 'visits'::regclass"
                        + " AND attname LIKE 'mg%' AND atttypid = 'int4'::regtype AND NOT attisdropped")
                .get(0);
    }

    private String retired() {
        return database.queryStrings("SELECT attname FROM pg_attribute WHERE attrelid = 'visits'::regclass"
                        + " AND attname LIKE 'mg%' AND atttypid = 'text'::regtype")
                .get(0);
    }

    private void assertFails(Outcome outcome, String... words) {
        assertThat(outcome).isInstanceOf(Outcome.Failed.class);
        assertThat(((Outcome.Failed) outcome).message()).contains(words);
    }

    /** In every partition, of whatever level and age. */
    private void assertTriggersFireAlways() {
        assertThat(
                        database.queryStrings(
                                """
                        SELECT format('%s of %s is %s', t.tgname, p.relid, t.tgenabled)
                          FROM pg_partition_tree('visits') p LEFT JOIN pg_trigger t ON t.tgrelid = p.relid
                         WHERE t.tgenabled IS DISTINCT FROM 'A'
                        """))
                .isEmpty();
    }

    @Test
    void aNewPartitionIsKeptInStepInEachPhase() {
        rig().to(MIGRATION, Phase.EXPAND);
        database.execute("CREATE TABLE visits_3 PARTITION OF visits FOR VALUES FROM (300) TO (400)");
        database.execute(
                "INSERT INTO visits (id, name) VALUES (301, 'new ')",
                "INSERT INTO visits_3 (id, title) VALUES (302, 'x')");
        assertTriggersFireAlways();
        rig().to(MIGRATION, Phase.VALIDATE);
        assertThat(rows("id, name, title")).hasSize(11).contains("301|new |new", "302|x|x", "9|a9 |a9");
        rig().to(MIGRATION, Phase.CONTRACT);
        database.execute("CREATE TABLE visits_4 PARTITION OF visits FOR VALUES FROM (400) TO (500)");
        assertTriggersFireAlways();
        database.execute("INSERT INTO visits (id, title) VALUES (401, 'newest')", "DROP TABLE visits_1");
        rig().back(MIGRATION, Optional.empty());
        assertThat(rows("id, name")).containsExactly("301|new ", "302|x", "401|newest");
        assertThat(database.snapshot("public").lines("mg_")).isEmpty();
    }

    @Test
    void aPartitionAttachedBeforeTheEndOfTheBackfillIsFilled() {
        rig().to(MIGRATION, Phase.EXPAND);
        makeTable("name");
        CompletableFuture<Rig> filling;
        try (BackgroundSession holder =
                BackgroundSession.holding(database, "BEGIN; SELECT FROM visits WHERE id = 9 FOR UPDATE")) {
            filling = CompletableFuture.supplyAsync(() -> rig().to(MIGRATION, Phase.VALIDATE));
            while (database.queryLong("SELECT count(title) FROM visits") < 8 && !filling.isDone()) {
                Thread.onSpinWait();
            }
            assertThat(filling).isNotDone();
            attach();
            holder.execute("ROLLBACK");
        }
        filling.join();
        assertThat(rows("id, name, title")).hasSize(11).contains("301|late |late", "302|later|later");
    }

    @Test
    void aPartitionAttachedAfterTheBackfillKeepsValidateAndContractShutUntilItIsInStep() {
        rig().to(MIGRATION, Phase.BACKFILL);
        makeTable("name");
        attach();
        assertFails(
                rig().engine().migrate(MIGRATION, Phase.VALIDATE, true),
                "pending: not filled yet, or not since its partition was attached",
                "Write such rows once: UPDATE \"public\".\"visits\" SET");
        String write = "UPDATE visits SET %1$s = %1$s WHERE %1$s & 1 = 0".formatted(marker());
        database.execute(write);
        rig().to(MIGRATION, Phase.VALIDATE);
        database.execute(
                "ALTER TABLE visits DETACH PARTITION late", "UPDATE late SET title = NULL, " + marker() + " = 0");
        attach();
        assertFails(rig().engine().migrate(MIGRATION, Phase.CONTRACT, true), marker());
        database.execute(write);
        rig().to(MIGRATION, Phase.PURGE);
        assertThat(rows("id, title")).hasSize(11).contains("301|late", "302|later", "9|a9");
    }

    /** The last moment: between a proof and what relies on it PostgreSQL itself refuses what is not proven. */
    @Test
    void nothingIsAttachedBetweenAProofAndTheExchange() {
        Migration rename = Rig.migration("0002_rename", "- renameColumn: { table: visits, column: name, to: title }\n");
        rig().to(rename, Phase.VALIDATE);
        makeTable("name");
        List<String> refused = new ArrayList<>();
        EngineListener listener = new EngineListener() {
            @Override
            public void stepBegins(String migration, Step step, boolean forward) {
                if (step.title().startsWith("retire the old shape")) {
                    try {
                        attach();
                    } catch (RuntimeException e) {
                        refused.add(String.valueOf(e.getMessage()));
                    }
                }
            }
        };
        rig(listener).to(rename, Phase.CONTRACT);
        database.execute("DROP TABLE late");
        makeTable("title", retired());
        rig(listener).back(rename, Optional.empty());
        assertThat(refused).hasSize(2).allSatisfy(message -> assertThat(message)
                .contains("child table is missing constraint"));
    }

    @Test
    void aPartitionAttachedAfterContractStopsARollbackUntilItIsInStep() {
        rig().to(MIGRATION, Phase.CONTRACT);
        makeTable("title", retired());
        attach();
        assertFails(
                rig().engine().rollback(MIGRATION, Optional.empty()),
                "2 rows",
                "it came with a partition that was attached (any UPDATE brings it into step");
        database.execute("UPDATE visits SET %1$s = %1$s WHERE %1$s & 1 = 0".formatted(marker()));
        rig().back(MIGRATION, Optional.empty());
        assertThat(rows("id, name")).hasSize(11).contains("301|late ", "302|later", "9|a9 ");
    }

    @Test
    void aRowThatMovesAfterContractKeepsTheOldValueThatNobodyChanged() {
        rig().to(MIGRATION, Phase.CONTRACT);
        database.execute(
                "UPDATE visits SET id = id + 100 WHERE id IN (1, 2)",
                "UPDATE visits SET id = 103, title = 'other' WHERE id = 3",
                "INSERT INTO visits SELECT (jsonb_populate_record(v, '{\"id\": 104, \"title\": \"copy\"}')).* FROM visits v WHERE id = 4");
        assertThat(rows("id, title")).contains("101|a1", "102|a2", "103|other", "104|copy", "4|a4");
        rig().back(MIGRATION, Optional.empty());
        assertThat(rows("id, name")).contains("101|a1 ", "102|a2 ", "103|other", "104|copy", "4|a4 ");
    }

    /** A known limit: only a marker tells that a row was there before. */
    @Test
    void withoutAMarkerARowThatMovesIsFilledAsOneThatIsInserted() {
        database.execute("ALTER TABLE visits ADD gone text");
        rig().to(
                        Rig.migration("0002_drop", "- dropColumn: { table: visits, column: gone, down: name }\n"),
                        Phase.EXPAND);
        database.execute("UPDATE visits SET id = 101 WHERE id = 1", "UPDATE visits SET id = 12 WHERE id = 2");
        assertThat(rows("id, coalesce(gone, '-')")).contains("101|a1 ", "12|-", "3|-");
    }

    @Test
    void whatBecomesOfAPartitionAloneStopsTheNextPhase() {
        rig().to(MIGRATION, Phase.BACKFILL);
        database.execute("CREATE INDEX own ON visits_1 (name)");
        assertFails(
                rig().engine().migrate(MIGRATION, Phase.VALIDATE, true),
                "partition of \"public\".\"visits\": index own of public.visits_1");
        database.execute("DROP INDEX own", "ALTER TABLE visits_2_0 DISABLE TRIGGER USER");
        assertFails(rig().engine().migrate(MIGRATION, Phase.VALIDATE, true), "(enabled: D) on public.visits_2_0");
    }
}
