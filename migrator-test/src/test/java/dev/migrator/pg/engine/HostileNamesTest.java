package dev.migrator.pg.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Identifier;
import dev.migrator.Phase;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.SchemaSnapshot;
import dev.migrator.test.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names are data: whatever they contain, the whole life cycle works, and they come back as they were. */
class HostileNamesTest {
    private static final String[] KINDS = {"schema", "table", "old", "new", "type", "index", "check", "added", "counted"
    };

    @ParameterizedTest
    @ValueSource(
            strings = {"a\"b'c;d--e$$f$1%s%I\\g.h/*i", "line\nfeed\r tab\t {0} ${x} :y ? Ünï\uD83D\uDE00", "select"})
    void theWholeLifeCycleBearsAnyName(String part) {
        cycle(part, kind -> part + kind.charAt(0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\uD83D\uDE00", "\""})
    void theWholeLifeCycleBearsNamesOfSixtyThreeBytes(String character) {
        int bytes = character.getBytes(StandardCharsets.UTF_8).length;
        int times = 20 / bytes;
        cycle(character, kind -> (kind + "_".repeat(63)).substring(0, 63 - times * bytes) + character.repeat(times));
    }

    /** The names of variables in the sync function. */
    @Test
    void theWholeLifeCycleBearsTheNamesThatTheSyncFunctionUses() {
        Map<String, String> names = Map.of("old", "mark", "new", "notes", "type", "pending", "added", "is_last");
        cycle("mark", kind -> names.getOrDefault(kind, kind));
    }

    private interface Naming {
        String name(String kind);
    }

    private static String quoted(Naming naming, String kind) {
        return Identifier.of(naming.name(kind)).quoted();
    }

    private static String yaml(Naming naming, String kind) {
        StringBuilder text = new StringBuilder("\"");
        for (char c : naming.name(kind).toCharArray()) {
            text.append("\\u%04x".formatted((int) c));
        }
        return text.append('"').toString();
    }

    private static void cycle(String part, Naming naming) {
        String schema = quoted(naming, KINDS[0]);
        String table = schema + "." + quoted(naming, "table");
        String old = quoted(naming, "old");
        String type = quoted(naming, "type");
        String operations =
                """
                - renameColumn: { schema: %1$s, table: %2$s, column: %3$s, to: %4$s }
                - changeType: { schema: %1$s, table: %2$s, column: %5$s, type: bigint }
                - addColumn: { schema: %1$s, table: %2$s, column: %6$s, type: text, up: %7$s }
                - addColumn: { schema: %1$s, table: %2$s, column: %9$s, type: int, identity: by default }
                - createIndex: { schema: %1$s, table: %2$s, name: %8$s, columns: [ id ] }
                """
                        .formatted(
                                yaml(naming, "schema"),
                                yaml(naming, "table"),
                                yaml(naming, "old"),
                                yaml(naming, "new"),
                                yaml(naming, "type"),
                                yaml(naming, "added"),
                                yaml(kind -> "upper(" + old + ")", ""),
                                yaml(naming, "index"),
                                yaml(naming, "counted"));
        try (TestDatabase database = PostgresServer.shared().createDatabase()) {
            database.execute(
                    "CREATE SCHEMA " + schema,
                    "CREATE TABLE " + table + " (id int PRIMARY KEY, " + old + " text NOT NULL DEFAULT 'd', " + type
                            + " int CONSTRAINT " + quoted(naming, "check") + " CHECK (" + type + " > 0), UNIQUE (" + old
                            + "))",
                    "CREATE INDEX " + quoted(naming, "by") + " ON " + table + " (lower(" + old + "), " + type
                            + ") WHERE " + type + " > 3",
                    "COMMENT ON COLUMN " + table + "." + old + " IS '" + part.replace("'", "''") + "'",
                    "INSERT INTO " + table + " SELECT g, 'n' || g, g FROM generate_series(1, 20) g");
            SchemaSnapshot before = database.snapshot(naming.name("schema"));
            Rig rig = Rig.over(database);
            var migration = Rig.migration("0001_hostile", operations);
            rig.to(migration, Phase.CONTRACT);
            String fresh = quoted(naming, "new");
            database.execute(
                    "UPDATE " + table + " SET " + fresh + " = 'x', " + type + " = 99 WHERE id = 1",
                    "INSERT INTO " + table + " (id) VALUES (21)");
            rig.back(migration, Optional.empty());
            assertThat(before.differences(database.snapshot(naming.name("schema"))))
                    .isEmpty();
            assertThat(database.queryRows(
                            "SELECT " + old + ", " + type + " FROM " + table + " WHERE id IN (1, 21) ORDER BY id"))
                    .containsExactly(List.of("x", "99"), List.of("d", "<null>"));
            rig.to(migration, Phase.EXPAND);
            database.execute(
                    "UPDATE " + table + " SET " + fresh + " = 'y' WHERE id = 1",
                    "UPDATE " + table + " SET " + old + " = 'z' WHERE id = 2");
            rig.to(migration, Phase.PURGE);
            assertThat(database.queryRows("SELECT " + fresh + ", " + quoted(naming, "added") + " FROM " + table
                            + " WHERE id IN (1, 2) ORDER BY id"))
                    .containsExactly(List.of("y", "Y"), List.of("z", "Z"));
            assertThat(database.queryLong("SELECT count(DISTINCT " + quoted(naming, "counted") + ") FROM " + table))
                    .isEqualTo(21);
            assertThat(database.snapshot(naming.name("schema")).lines("mg_")).isEmpty();
        }
    }
}
