package dev.migrator.pg.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.Phase;
import dev.migrator.engine.PlanRefusedException;
import dev.migrator.pg.Databases;
import dev.migrator.test.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What stands under a key {@code type} is one type, with a collation if need be, and nothing is cut from it silently. */
class TypeKeyTest {
    private static final String SPLIT =
            """
            - splitColumn:
                table: users
                column: name
                down: "first || ' ' || last"
                into:
                  - { column: first, type: text, up: "split_part(name, ' ', 1)" }
                  - { column: last, TYPE, up: "'1'" }
            """;
    private static final String MERGE =
            """
            - mergeColumns:
                table: users
                columns: [{ column: n, down: "1" }, { column: m, down: "1" }]
                into: { column: both, TYPE, up: "1" }
            """;

    private TestDatabase database;
    private Users users;

    @BeforeEach
    void createDatabase() {
        database = Databases.withStateTables();
        users = new Users(database);
        database.execute(
                "CREATE TABLE teams (id int PRIMARY KEY)",
                "CREATE TABLE users (id int PRIMARY KEY, n int, m int, name text)");
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "numeric(10,2) | numeric(10,2)",
                "int[][] | integer[]",
                "interval day to second | interval day to second",
                "timestamp(3) with time zone | timestamp(3) with time zone",
                "varchar(10) COLLATE \"C\" | character varying(10)",
                "double precision -- a comment, with a comma | double precision",
                "public.\"weird, type\" | \"weird, type\"",
                "\"weird, type\"[] | \"weird, type\"[]"
            })
    void itIsTakenAsItIs(String type, String printed) {
        database.execute("CREATE TYPE \"weird, type\" AS ENUM ('a')");
        users.plan("- addColumn: { table: users, column: fresh, type: '" + type + "' }\n")
                .through(Phase.EXPAND);
        assertThat(database.queryStrings("SELECT format_type(atttypid, atttypmod) FROM pg_attribute"
                        + " WHERE attrelid = 'users'::regclass AND attname = 'fresh'"))
                .containsExactly(printed);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "int, add column z6 int | is more than one type",
                "int, drop column m | is more than one type",
                "int, b int | is more than one type",
                "int CHECK (true) | is more than a type",
                "int CHECK (fresh > 1) | is more than a type",
                "int NOT NULL | is more than a type",
                "int NULL | is more than a type",
                "int DEFAULT 1 | is more than a type",
                "int GENERATED ALWAYS AS IDENTITY | is more than a type",
                "int UNIQUE | is more than a type",
                "serial | is more than a type",
                "text COMPRESSION pglz | is more than a type",
                "int REFERENCES teams | is more than a type",
                "int) , (c int | closes a parenthesis",
                "nonsense NOT NULL | is more than a type",
                "record | has pseudo-type record",
                "nonsense | type \"nonsense\" does not exist"
            })
    void whatIsMoreIsRefusedAtTheKey(String type, String message) {
        String more = "type: \"" + type.replace("\"", "\\\"") + "\"";
        assertRefused("- addColumn: { table: users, column: fresh, " + more + " }", "addColumn.type", message);
        assertRefused("- changeType: { table: users, column: n, " + more + " }", "changeType.type", message);
        assertRefused(SPLIT.replace("TYPE", more), "into[1].type", message);
        assertRefused(MERGE.replace("TYPE", more), "into.type", message);
    }

    private void assertRefused(String operation, String key, String message) {
        assertThatThrownBy(() -> users.plan(operation))
                .as(operation)
                .isInstanceOf(PlanRefusedException.class)
                .hasMessageContaining(key + ": the type ")
                .hasMessageContaining(message);
    }
}
