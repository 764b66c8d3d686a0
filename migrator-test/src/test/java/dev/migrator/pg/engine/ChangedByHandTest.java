package dev.migrator.pg.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.engine.Outcome;
import dev.migrator.engine.PlanRefusedException;
import dev.migrator.test.TestDatabase;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Somebody changes tables, rights or records by hand while a migration is under way: it stops with what was changed and
 * changes nothing itself; once that is mended, the next run ends as if nothing had happened.
 */
class ChangedByHandTest {
    private static final Migration MIGRATION = Samples.EVERY_OPERATION;

    @RegisterExtension
    static final Arenas ARENAS = new Arenas();

    private static Picture undisturbed;

    @BeforeAll
    static void walkUndisturbed() {
        Arena arena = ARENAS.all().get(0).renewed();
        arena.rig().to(MIGRATION, Phase.PURGE);
        undisturbed = Picture.of(arena, MIGRATION);
    }

    /**
     * A change by hand.
     *
     * @param after the phase that is complete then
     * @param change what is changed, by a superuser, in it the name of the owner as {@code OWNER}
     * @param told what the failure says of it
     * @param mended how it is mended
     */
    private record Change(Phase after, String change, List<String> told, String mended) {}

    /** Up to PostgreSQL 14 everybody may create something in the schema public. */
    private static final String AS_IT_COMES =
            """
            DO $$ BEGIN
              IF pg_catalog.current_setting('server_version_num')::int < 150000 THEN
                GRANT CREATE ON SCHEMA public TO PUBLIC;
              END IF;
            END $$""";

    static List<Change> changes() {
        return List.of(
                new Change(
                        Phase.EXPAND,
                        "ALTER TABLE users ENABLE TRIGGER \"~mg_38647342u\"",
                        List.of(
                                "before BACKFILL: the schema has changed",
                                "~mg_38647342u",
                                "Nothing of BACKFILL was done"),
                        "ALTER TABLE users ENABLE ALWAYS TRIGGER \"~mg_38647342u\""),
                new Change(
                        Phase.BACKFILL,
                        "ALTER TABLE users RENAME TO people",
                        List.of("before VALIDATE: the schema has changed", "no table \"public\".\"users\""),
                        "ALTER TABLE people RENAME TO users"),
                new Change(
                        Phase.BACKFILL,
                        "ALTER TABLE users OWNER TO postgres",
                        List.of("VALIDATE, step 6", "permission denied for table users", "42501"),
                        "ALTER TABLE users OWNER TO OWNER"),
                new Change(
                        Phase.VALIDATE,
                        "ALTER SCHEMA public OWNER TO postgres; REVOKE CREATE ON SCHEMA public FROM PUBLIC",
                        List.of("permission denied for schema public", "42501", "Nothing of this transaction remains"),
                        "ALTER SCHEMA public OWNER TO OWNER; " + AS_IT_COMES),
                new Change(
                        Phase.VALIDATE,
                        "ALTER TABLE migrator.step OWNER TO postgres",
                        List.of("permission denied for table step", "the role that owns them"),
                        "ALTER TABLE migrator.step OWNER TO OWNER"),
                new Change(
                        Phase.EXPAND,
                        "CREATE TABLE kept AS SELECT * FROM migrator.step; DELETE FROM migrator.step WHERE ordinal > 5",
                        List.of("its record is not whole", "steps of its plan, 5 are left", "Nothing was changed"),
                        "INSERT INTO migrator.step SELECT * FROM kept WHERE ordinal > 5; DROP TABLE kept"),
                new Change(
                        Phase.BACKFILL,
                        "ALTER TABLE migrator.artifact SET SCHEMA public",
                        List.of("not whole", "migrator.artifact", "restored as it was"),
                        "ALTER TABLE public.artifact SET SCHEMA migrator"));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void theRunStopsAndSaysWhyAndTheNextOneEndsAsIfNothingHadHappened(Change change) {
        Arena arena = ARENAS.all().get(0).renewed();
        TestDatabase database = arena.database();
        arena.rig().to(MIGRATION, change.after());
        run(database, change.change());
        Outcome stopped = arena.rig().engine().migrate(MIGRATION, Phase.PURGE, true);
        assertThat(stopped).isInstanceOfSatisfying(Outcome.Failed.class, failed -> assertThat(failed.message())
                .startsWith("Migration " + MIGRATION.id())
                .contains(change.told()));
        run(database, change.mended());
        arena.rig().to(MIGRATION, Phase.PURGE);
        Picture mended = Picture.of(arena, MIGRATION);
        assertThat(undisturbed.differencesOfShape(mended)).isEmpty();
        assertThat(mended.leftovers()).isEmpty();
    }

    /** By what is left of it, a rollback would have been through at once. */
    @ParameterizedTest
    @ValueSource(strings = {"DELETE FROM migrator.step", "DROP TABLE migrator.step CASCADE"})
    void aRollbackByARecordThatIsNotWholeIsRefused(String damage) {
        Arena arena = ARENAS.all().get(0).renewed();
        arena.rig().to(MIGRATION, Phase.EXPAND);
        run(arena.database(), damage);
        Outcome outcome = arena.rig().engine().rollback(MIGRATION, Optional.empty());
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Failed.class, failed -> assertThat(failed.message())
                .contains(MIGRATION.id(), "not whole", "Nothing was changed"));
        assertThat(arena.database().queryStrings("SELECT attname FROM pg_attribute WHERE attrelid = 'users'::regclass"))
                .contains("full_name", "mg_38647342");
    }

    @Test
    void aTableWithHelpersOfAStateSchemaThatIsLostIsToldFromANewOne() {
        Arena arena = ARENAS.all().get(0).renewed();
        arena.rig().to(Samples.RENAME, Phase.BACKFILL);
        run(arena.database(), "DROP SCHEMA migrator CASCADE");
        List<List<String>> rows = arena.database().queryRows("SELECT * FROM users ORDER BY id");
        assertThatThrownBy(() -> arena.rig().engine().migrate(Samples.RENAME, Phase.PURGE, true))
                .isInstanceOf(PlanRefusedException.class)
                .hasMessageContainingAll(
                        "has the column \"mg_", "started on it before", "\"migrator\"", "--state-schema");
        assertThat(arena.database().queryRows("SELECT * FROM users ORDER BY id"))
                .isEqualTo(rows);
    }

    private static void run(TestDatabase database, String sql) {
        database.executeAsSuperuser(sql.replace("TO OWNER", "TO " + database.user()));
    }
}
