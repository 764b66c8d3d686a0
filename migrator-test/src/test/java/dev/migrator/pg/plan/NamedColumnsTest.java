package dev.migrator.pg.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.Phase;
import dev.migrator.engine.PlanRefusedException;
import dev.migrator.pg.Databases;
import dev.migrator.test.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An index or foreign key stands on the columns as they are after the migration that creates it, or is refused; none is lost
 * at PURGE.
 */
class NamedColumnsTest {
    private static final String[] SCHEMA = {
        "CREATE TABLE teams (id bigint PRIMARY KEY, code int UNIQUE)",
        "CREATE TABLE users (id int PRIMARY KEY, team int, n int, m int, name text)",
        "INSERT INTO teams SELECT g, g FROM generate_series(1, 3) g",
        "INSERT INTO users SELECT g, g, g, g, 'n ' || g FROM generate_series(1, 3) g"
    };
    private static final String WIDEN = "- changeType: { table: users, column: team, type: bigint }\n";
    private static final String WIDEN_N = "- changeType: { table: users, column: n, type: bigint }\n";
    private static final String RENAME = "- renameColumn: { table: users, column: team, to: team_id }\n";
    private static final String DROP_M = "- dropColumn: { table: users, column: m }\n";
    private static final String SPLIT =
            """
            - splitColumn:
                table: users
                column: name
                down: "first || ' ' || last"
                into:
                  - { column: first, type: text, up: "split_part(name, ' ', 1)" }
                  - { column: last, type: text, up: "split_part(name, ' ', 2)" }
            """;

    private TestDatabase database;
    private Users users;

    @BeforeEach
    void createDatabase() {
        database = Databases.withStateTables();
        users = new Users(database);
        database.execute(SCHEMA);
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    private static String index(String keys) {
        return "- createIndex: { table: users, name: an_index, " + keys + " }\n";
    }

    private static String key(String column) {
        return "- addForeignKey: { table: users, name: of_team, columns: [" + column
                + "], references: { table: teams, columns: [id] } }\n";
    }

    static List<Arguments> made() {
        return List.of(
                Arguments.of(WIDEN + index("columns: [team]"), "USING btree (team)"),
                Arguments.of(index("columns: [team]") + WIDEN, "USING btree (team)"),
                Arguments.of(WIDEN + index("columns: [team], unique: true"), "USING btree (team)"),
                Arguments.of(
                        WIDEN + WIDEN_N + index("columns: [n, id, team], include: [m]"),
                        "USING btree (n, id, team) INCLUDE (m)"),
                Arguments.of(WIDEN + index("columns: [id], include: [team]"), "USING btree (id) INCLUDE (team)"),
                Arguments.of(WIDEN + index("columns: [id], where: 'team > 5'"), "USING btree (id) WHERE (team > 5)"),
                Arguments.of(
                        WIDEN + index("columns: [{ expression: 'team + n', order: desc }]"),
                        "USING btree (((team + n)) DESC)"),
                Arguments.of(RENAME + index("columns: [team_id]"), "USING btree (team_id)"),
                Arguments.of(index("columns: [last, first]") + SPLIT, "USING btree (last, first)"));
    }

    @ParameterizedTest
    @MethodSource("made")
    void anIndexStandsOnTheColumnThatStays(String operations, String definition) {
        PlanRunner runner = users.plan(operations).through(Phase.PURGE);
        assertThat(database.queryStrings("SELECT pg_get_indexdef('an_index'::regclass)")
                        .get(0))
                .endsWith(definition);
        assertThat(runner.plan().findings())
                .noneMatch(finding -> finding.message().contains("no index of"));
    }

    static List<Arguments> keys() {
        String added = "- addColumn: { table: users, column: fresh, type: bigint";
        return List.of(
                Arguments.of(WIDEN + key("team"), "team"),
                Arguments.of(key("team") + WIDEN, "team"),
                Arguments.of(RENAME + key("team_id"), "team_id"),
                Arguments.of(added + " }\n" + key("fresh"), "fresh"),
                Arguments.of(key("fresh") + added + ", up: id }\n", "fresh"));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void aForeignKeyIsThereAfterPurgeAndGoneAfterRollback(String operations, String column) {
        var before = database.snapshot("public");
        PlanRunner runner = users.plan(operations).through(Phase.CONTRACT);
        for (Phase phase : List.of(Phase.CONTRACT, Phase.VALIDATE, Phase.BACKFILL, Phase.EXPAND)) {
            runner.undo(phase);
        }
        assertThat(before.differences(database.snapshot("public"))).isEmpty();
        runner.through(Phase.PURGE);
        assertThat(database.queryStrings("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'of_team'"
                        + " AND convalidated"))
                .containsExactly("FOREIGN KEY (" + column + ") REFERENCES teams(id)");
    }

    @Test
    void anIndexOfTheSameFileServesAForeignKey() {
        for (String operations : List.of(
                key("team") + index("columns: [team]"),
                WIDEN + key("team") + index("columns: [team]"),
                RENAME + key("team_id") + index("columns: [team_id]"))) {
            assertThat(users.plan(operations).plan().findings())
                    .noneMatch(finding -> finding.message().contains("no index of"));
        }
        assertThat(users.plan(key("team")).plan().findings())
                .anyMatch(finding -> finding.message().contains("no index of"));
        database.execute("CREATE INDEX by_team ON users (team)");
        assertThat(users.plan(RENAME + key("team_id")).plan().findings())
                .noneMatch(finding -> finding.message().contains("no index of"));
    }

    static List<Arguments> refusals() {
        String team = "\"team\" is replaced by \"team_id\" in this migration (operations[0].renameColumn), and ";
        String m =
                "\"m\" is dropped by this migration (operations[0].dropColumn), and the index would go with it at PURGE";
        return List.of(
                Arguments.of(RENAME + index("columns: [team]"), team + "the index would go with it at PURGE"),
                Arguments.of(RENAME + index("columns: [id], where: 'team > 5'"), team),
                Arguments.of(RENAME + index("columns: [{ expression: '-team' }]"), team),
                Arguments.of(
                        RENAME + index("columns: [id], include: [team]"), "Name what takes its place: \"team_id\""),
                Arguments.of(RENAME + key("team"), team + "the foreign key would go with it at PURGE"),
                Arguments.of(DROP_M + index("columns: [n, m]"), m),
                Arguments.of("- dropColumn: { table: users, column: m, down: n }\n" + index("columns: [n, m]"), m),
                Arguments.of(DROP_M + key("m"), "\"m\" is dropped by this migration"),
                Arguments.of(SPLIT + index("columns: [name]"), "is replaced by \"first\", \"last\" in this migration"),
                Arguments.of(
                        "- changeType: { table: teams, column: id, type: numeric }\n" + key("team"),
                        "\"public\".\"teams\".\"id\" is replaced by another operation of this migration"),
                Arguments.of(
                        key("team") + "- renameColumn: { table: teams, column: id, to: number }\n",
                        "Use a second migration after PURGE of this one"),
                Arguments.of(
                        """
                        - addColumn: { table: users, column: n1, type: int }
                        - setNotNull: { table: users, column: n1 }
                        """,
                        "\"public\".\"users\".\"n1\" is added by another operation of this migration"),
                Arguments.of(
                        "- setNotNull: { table: users, column: first }\n" + SPLIT,
                        "\"public\".\"users\".\"first\" is added by another operation of this migration"),
                Arguments.of(
                        key("team").replace("[id]", "[n1]") + "- addColumn: { table: teams, column: n1, type: int }\n",
                        "\"public\".\"teams\".\"n1\" is added by another operation of this migration"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void whatWouldBeLostIsRefused(String operations, String message) {
        assertThatThrownBy(() -> users.plan(operations))
                .isInstanceOf(PlanRefusedException.class)
                .hasMessageContaining(message);
    }

    @Test
    void theSelfReferenceOfATableToAColumnThatGoesIsRefused() {
        String self = key("n").replace("teams", "users");
        assertThatThrownBy(() -> users.plan("- changeType: { table: users, column: id, type: bigint }\n" + self))
                .isInstanceOf(PlanRefusedException.class)
                .hasMessageContaining("\"public\".\"users\".\"id\" is replaced by another operation of this migration");
    }
}
