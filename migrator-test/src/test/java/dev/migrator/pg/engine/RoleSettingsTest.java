package dev.migrator.pg.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.engine.PlanRefusedException;
import dev.migrator.test.BackgroundSession;
import dev.migrator.test.TestDatabase;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever {@code ALTER ROLE … SET} says for the role that migrates, and that writes as both releases do meanwhile: the way
 * to CONTRACT, back to before EXPAND, and then to PURGE ends as it does without it.
 *
 * <p>By default several settings at once; {@code -Dmigrator.test.thorough=true} also means each alone.
 */
@EnabledIfSystemProperty(named = "migrator.test.thorough", matches = "true")
class RoleSettingsTest {
    private static final String MERGE =
            """
            MERGE INTO users AS u USING (VALUES (2)) AS v(id) ON u.id = v.id
                WHEN MATCHED AND false THEN UPDATE SET full_name = NULL WHEN MATCHED THEN UPDATE SET city = 'x'""";

    @RegisterExtension
    static final Arenas ARENAS = new Arenas();

    /** Expressions whose texts have quotes, backslashes, numbers, dates and intervals in them. */
    private static final Migration SENSITIVE = Rig.migration(
            "0020_sensitive",
            """
            - changeType: { table: users, column: lat, type: double precision, to: latitude, down: 'latitude::text' }
            - addColumn:
                table: users
                column: born
                type: timestamptz
                up: "timestamptz '2001-02-03 04:05:06+00' + n * interval '1 day 01:00:00'"
            - addColumn: { table: users, column: raw, type: bytea, up: "'\\\\x00ff'::bytea || convert_to(name, 'UTF8')" }
            - addColumn: { table: users, column: path, type: text, up: "'c:\\\\it''s\\\\' || name || E'\\\\t\\\\\\\\'" }
            - splitColumn:
                table: users
                column: note
                into:
                  - { column: note_head, type: text, up: "left(note, 10)" }
                  - { column: note_tail, type: text, up: "substr(note, 11)" }
                down: "note_head || coalesce(note_tail, '')"
            - renameColumn: { table: users, column: name, to: full_name }
            - changeType: { table: users, column: id, type: bigint }
            - setNotNull: { table: users, column: nick, fill: "'nick of ' || id" }
            - createIndex: { table: users, name: users_by_city, columns: [ city ], where: "city <> 'c:\\\\'" }
            - addForeignKey:
                { table: users, name: users_n_team, columns: [ team ], references: { table: teams, columns: [ id ] } }
            - sql: { expand: "CREATE TABLE public.audit (at text DEFAULT '\\\\')", rollback: "DROP TABLE public.audit" }
            """);

    private static final List<List<String>> TOGETHER = List.of(
            List.of(
                    "statement_timeout = '500ms'",
                    "lock_timeout = '1ms'",
                    "idle_in_transaction_session_timeout = '1s'",
                    "transaction_timeout = '1s'",
                    "idle_session_timeout = '300ms'"),
            List.of(
                    "default_transaction_isolation = 'serializable'",
                    "default_transaction_deferrable = on",
                    "synchronous_commit = off",
                    "search_path = 'pg_temp', 'no_such', 'public'",
                    "row_security = off",
                    "DateStyle = 'German, DMY'",
                    "IntervalStyle = 'sql_standard'",
                    "TimeZone = 'Asia/Kathmandu'",
                    "bytea_output = 'escape'",
                    "extra_float_digits = 3"),
            List.of(
                    "default_transaction_isolation = 'repeatable read'",
                    "standard_conforming_strings = off",
                    "backslash_quote = off",
                    "client_encoding = 'LATIN1'",
                    "client_min_messages = 'debug1'",
                    "enable_seqscan = off",
                    "enable_tidscan = off"),
            List.of(
                    "quote_all_identifiers = on",
                    "plpgsql.extra_errors = 'all'",
                    "plpgsql.variable_conflict = 'use_variable'",
                    "array_nulls = off",
                    "transform_null_equals = on",
                    "check_function_bodies = off",
                    "default_toast_compression = 'pglz'"));

    private record Ends(Picture back, Picture purged) {}

    private static List<Ends> undisturbed = List.of();

    static Stream<List<String>> settings() {
        return Stream.concat(
                TOGETHER.stream(),
                Mishap.THOROUGH ? TOGETHER.stream().flatMap(List::stream).map(List::of) : Stream.empty());
    }

    @BeforeAll
    static void seeHowItEndsWithout() {
        undisturbed = List.of(run(List.of()));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void theEndIsTheSameWhateverIsSetForTheRole(List<String> settings) {
        Ends expected = undisturbed.get(0);
        Ends found;
        try {
            found = run(settings);
        } finally {
            reset(ARENAS.all().get(0).database());
        }
        assertThat(expected.back().differencesOfShape(found.back())).isEmpty();
        assertThat(expected.purged().differences(found.purged())).isEmpty();
    }

    /** The sync function is the owner's, and is read anew in the session of whoever writes. */
    @Test
    void aWriterWhoReadsBackslashesOtherwiseIsNotDisturbed() {
        Arena arena = ARENAS.all().get(0).renewed();
        TestDatabase database = arena.database();
        String writer = database.createRole("writer");
        database.execute("GRANT SELECT, UPDATE ON users TO " + writer);
        arena.rig().to(SENSITIVE, Phase.EXPAND);
        try (BackgroundSession session = BackgroundSession.holding(
                database,
                writer,
                "SET standard_conforming_strings = off; UPDATE users SET name = 'Ann' WHERE id = 1")) {
            assertThat(session.queryRows("SELECT path FROM users WHERE id = 1"))
                    .containsExactly(List.of("c:\\it's\\Ann\t\\"));
            boolean merges = database.server().majorVersion() >= 15;
            session.execute((merges ? MERGE : "UPDATE users SET city = 'x' WHERE id = 2") + "; COMMIT");
        }
        arena.rig().to(SENSITIVE, Phase.VALIDATE);
        assertThat(database.queryString("SELECT full_name FROM users WHERE id = 2"))
                .isEqualTo("First2 Last2");
    }

    @Test
    void aRoleForWhichNoTriggerFiresIsRefused() {
        TestDatabase database = ARENAS.all().get(0).renewed().database();
        set(database, List.of("session_replication_role = 'replica'"));
        try {
            Rig rig = Rig.over(database);
            assertThatThrownBy(() -> rig.engine().migrate(SENSITIVE, Phase.PURGE, true))
                    .isInstanceOf(PlanRefusedException.class)
                    .hasMessageContainingAll(
                            "session_replication_role is 'replica'", "ALTER ROLE", "nothing was changed");
        } finally {
            reset(database);
        }
    }

    @Test
    void aRoleWithoutASearchPathMigratesWhatNamesItsSchema() {
        Arena arena = ARENAS.all().get(0).renewed();
        Migration named = Rig.migration(
                "0021_named", "- renameColumn: { schema: public, table: users, column: name, to: full_name }\n");
        set(arena.database(), List.of("search_path = ''"));
        try {
            arena.rig().to(named, Phase.PURGE);
        } finally {
            reset(arena.database());
        }
    }

    private static Ends run(List<String> settings) {
        Arena arena = ARENAS.all().get(0).renewed();
        TestDatabase database = arena.database();
        set(database, settings);
        Rig rig = arena.rig();
        int at = 0;
        write(database, at++);
        for (Phase phase : List.of(Phase.EXPAND, Phase.BACKFILL, Phase.VALIDATE, Phase.CONTRACT)) {
            rig.to(SENSITIVE, phase);
            write(database, at++);
        }
        rig.back(SENSITIVE, Optional.empty());
        Picture back = picture(arena);
        set(database, settings);
        write(database, 7);
        rig.to(SENSITIVE, Phase.EXPAND);
        write(database, 8);
        rig.to(SENSITIVE, Phase.PURGE);
        write(database, 9);
        return new Ends(back, picture(arena));
    }

    private static void set(TestDatabase database, List<String> settings) {
        settings.stream()
                .filter(setting -> setting.contains("plpgsql.")
                        || database.queryBoolean(
                                "SELECT EXISTS (SELECT FROM pg_settings WHERE name = ?)", setting.split(" ", 2)[0]))
                .forEach(setting -> database.executeAsSuperuser("ALTER ROLE " + database.user() + " SET " + setting));
    }

    private static void reset(TestDatabase database) {
        database.executeAsSuperuser("ALTER ROLE " + database.user() + " RESET ALL");
    }

    private static Picture picture(Arena arena) {
        reset(arena.database());
        arena.pool().close(); // sessions with the settings, or ended by them
        return Picture.of(arena, SENSITIVE);
    }

    /** What both releases write, each where its columns are. */
    private static void write(TestDatabase database, int at) {
        List<String> columns = database.queryStrings(
                "SELECT attname FROM pg_attribute WHERE attrelid = 'public.users'::regclass AND NOT attisdropped");
        int row = 10 + at * 20;
        if (columns.contains("name")) {
            database.execute(
                    "UPDATE users SET name = 'o' || id, lat = '2.5', note = 'n' || id WHERE id = " + row,
                    "INSERT INTO users (id, name, lat, n, team) VALUES (" + (1000 + at) + ", 'ins', '1.5', 2, 1)",
                    "DELETE FROM users WHERE id = " + (row + 5));
        }
        if (columns.contains("full_name")) {
            database.execute(
                    "UPDATE users SET full_name = E'w\\\\' || id, latitude = 0.25 WHERE id = " + (row + 2),
                    "INSERT INTO users (id, full_name, nick, latitude, n, team) VALUES (" + (2000 + at)
                            + ", 'new', 'new" + at + "', 7.5, 1, 2)");
        }
        database.execute("UPDATE users SET city = city || '!' WHERE id = " + (row + 4));
    }
}
