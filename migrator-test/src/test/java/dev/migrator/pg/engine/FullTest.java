package dev.migrator.pg.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.engine.Outcome;
import dev.migrator.pg.MigrationResult;
import dev.migrator.pg.PostgresMigrator;
import dev.migrator.test.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The server has no room: for data, for temporary files, for sessions. The run stops and says so, or waits; the next one ends
 * as if nothing had happened, forward and back.
 */
@EnabledIfSystemProperty(named = "migrator.test.thorough", matches = "true")
class FullTest {
    /** An error of the server's own for what it can't do now, in every statement of a kind, while a table is there. */
    private static final String[] DISK = {
        """
        CREATE FUNCTION disk() RETURNS event_trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF to_regclass('public.disk_is_full') IS NOT NULL AND NOT tg_tag = 'DROP TABLE' THEN
                RAISE EXCEPTION USING ERRCODE = '53100', MESSAGE = 'could not extend file: No space left on device';
            END IF;
        END $$
        """,
        """
        CREATE FUNCTION costs_space(text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS $$
        BEGIN
            IF to_regclass('public.disk_is_full') IS NOT NULL THEN
                RAISE EXCEPTION USING ERRCODE = '53100', MESSAGE = 'could not extend file: No space left on device';
            END IF;
            RETURN upper($1);
        END $$
        """,
        "CREATE EVENT TRIGGER disk ON ddl_command_start EXECUTE FUNCTION disk()"
    };

    private static final Migration MIGRATION = Rig.migration(
            "0021_costly",
            """
            - addColumn: { table: users, column: shout, type: text, up: "costs_space(name)", nullable: false }
            - renameColumn: { table: users, column: name, to: full_name }
            - createIndex: { table: users, name: users_by_city, columns: [ city, full_name ] }
            - sql: { expand: "CREATE TABLE audit (id int)", rollback: "DROP TABLE audit" }
            """);

    @RegisterExtension
    static final Arenas ARENAS = new Arenas();

    private static Arena arena() {
        Arena arena = ARENAS.all().get(0);
        arena.prepare(prepared -> prepared.database().executeAsSuperuser(DISK));
        return arena.renewed();
    }

    private static void fill(TestDatabase database) {
        database.executeAsSuperuser("CREATE TABLE disk_is_full ()");
    }

    private static void empty(TestDatabase database) {
        database.executeAsSuperuser("DROP TABLE disk_is_full");
    }

    @ParameterizedTest
    @CsvSource({"EXPAND, BACKFILL", "BACKFILL, VALIDATE", "VALIDATE, CONTRACT", "CONTRACT, PURGE"})
    void aFullDiskStopsAPhaseAndTheNextRunFinishesIt(Phase done, Phase stopped) {
        Arena arena = arena();
        arena.rig().to(MIGRATION, Phase.PURGE);
        Picture undisturbed = Picture.of(arena, MIGRATION);
        arena.renewed();
        arena.rig().to(MIGRATION, done);
        fill(arena.database());
        Outcome outcome = arena.rig().engine().migrate(MIGRATION, Phase.PURGE, true);
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Failed.class, failed -> assertThat(failed.message())
                .contains("Migration 0021_costly, " + stopped + ", step", "No space left on device", "53100")
                .containsPattern("run (migrate|it) again"));
        empty(arena.database());
        arena.rig().to(MIGRATION, Phase.PURGE);
        assertThat(undisturbed.differencesOfShape(Picture.of(arena, MIGRATION))).isEmpty();
        assertThat(Picture.of(arena, MIGRATION).leftovers()).isEmpty();
    }

    @Test
    void aFullDiskStopsARollbackAndTheNextOneFinishesIt() {
        Arena arena = arena();
        Picture before = Picture.of(arena, MIGRATION);
        arena.rig().to(MIGRATION, Phase.CONTRACT);
        fill(arena.database());
        Outcome outcome = arena.rig().engine().rollback(MIGRATION, Optional.empty());
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Failed.class, failed -> assertThat(failed.message())
                .contains("Migration 0021_costly, CONTRACT, step", "No space left on device", "53100"));
        empty(arena.database());
        arena.rig().back(MIGRATION, Optional.empty());
        assertThat(before.differencesOfShape(Picture.of(arena, MIGRATION))).isEmpty();
    }

    @Test
    void anIndexThatNeedsMoreTemporarySpaceThanItMayHaveLeavesNothingBehind() {
        Arena arena = ARENAS.all().get(0);
        arena.prepare(
                prepared -> prepared.database()
                        .execute(
                                "INSERT INTO teams SELECT g, md5(g::text) || md5((-g)::text) FROM generate_series(100, 60000) g"));
        arena.renewed();
        TestDatabase database = arena.database();
        String role = "ALTER ROLE " + database.user();
        database.executeAsSuperuser(role + " SET temp_file_limit = 64", role + " SET maintenance_work_mem = '1MB'");
        Migration index = Rig.migration(
                "0022_index", "- createIndex: { table: teams, name: teams_by_label, columns: [ label ] }\n");
        try {
            PostgresMigrator migrator = PostgresMigrator.builder(database.dataSource())
                    .migrations(List.of(index))
                    .retryFor(Duration.ofMillis(300))
                    .build();
            List<MigrationResult> results = migrator.migrate(Phase.PURGE, index.id());
            assertThat(results.get(0).outcome())
                    .isInstanceOfSatisfying(Outcome.Failed.class, failed -> assertThat(failed.message())
                            .contains("Migration 0022_index, VALIDATE, step", "temp_file_limit", "53400"));
            assertThat(database.queryStrings("SELECT relname FROM pg_class WHERE relname ~ '^mg_'"))
                    .isEmpty();
        } finally {
            database.executeAsSuperuser(role + " RESET ALL");
        }
        arena.pool().close();
        arena.rig().to(index, Phase.PURGE);
    }

    @Test
    void tooManySessionsAreWaitedFor() {
        Arena arena = arena();
        TestDatabase database = arena.database();
        String role = "ALTER ROLE " + database.user();
        Rig rig = arena.rig(database.dataSource());
        database.executeAsSuperuser(role + " CONNECTION LIMIT 0");
        CompletableFuture<Void> room = CompletableFuture.runAsync(() -> {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(400));
            database.executeAsSuperuser(role + " CONNECTION LIMIT -1");
        });
        try {
            rig.to(MIGRATION, Phase.PURGE);
        } finally {
            room.join();
        }
    }

    @Test
    void tooManySessionsForTooLongAreToldAndChangeNothing() {
        Arena arena = arena();
        TestDatabase database = arena.database();
        PostgresMigrator migrator = PostgresMigrator.builder(database.dataSource())
                .migrations(List.of(MIGRATION))
                .retryFor(Duration.ofMillis(200))
                .build();
        assertThat(migrator.migrate(Phase.EXPAND, MIGRATION.id()).get(0).outcome())
                .isInstanceOf(Outcome.Arrived.class);
        String role = "ALTER ROLE " + database.user();
        database.executeAsSuperuser(role + " CONNECTION LIMIT 0");
        try {
            assertThat(arenaEngine(arena)).isInstanceOfSatisfying(Outcome.Failed.class, failed -> assertThat(
                            failed.message())
                    .contains(MIGRATION.id(), "No connection to the database", "too many connections", "53300"));
        } finally {
            database.executeAsSuperuser(role + " CONNECTION LIMIT -1");
        }
        assertThat(migrator.migrate(Phase.PURGE, MIGRATION.id()).get(0).outcome())
                .isInstanceOf(Outcome.Arrived.class);
    }

    private static Outcome arenaEngine(Arena arena) {
        return Rig.impatient(arena.database(), arena.database().dataSource())
                .engine()
                .migrate(MIGRATION, Phase.PURGE, true);
    }
}
