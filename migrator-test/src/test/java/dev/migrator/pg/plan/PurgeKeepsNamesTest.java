package dev.migrator.pg.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.MigrationFiles;
import dev.migrator.Phase;
import dev.migrator.pg.Databases;
import dev.migrator.test.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * After PURGE everything that stood on the old column stands on its successor, under the names that it had. What that is, the
 * server itself tells: the same schema, changed by the plain ALTER TABLE that a migrator must not use.
 */
class PurgeKeepsNamesTest {
    private static final String[] SCHEMA = {
        "CREATE TABLE teams (id int PRIMARY KEY)",
        """
        CREATE TABLE users (
          id serial PRIMARY KEY,
          name text COLLATE "C" NOT NULL DEFAULT 'anon',
          n int DEFAULT 7,
          team int NOT NULL,
          note text,
          CONSTRAINT name_is_short CHECK (length(name) < 200 AND name <> note),
          CONSTRAINT n_is_small CHECK (n < 1000),
          CONSTRAINT name_once UNIQUE (name) DEFERRABLE INITIALLY DEFERRED,
          CONSTRAINT n_and_team UNIQUE (team, n),
          CONSTRAINT of_team FOREIGN KEY (n) REFERENCES teams (id) ON DELETE SET NULL ON UPDATE CASCADE DEFERRABLE
        )
        """,
        "CREATE INDEX by_expression ON users (lower(name) text_pattern_ops DESC NULLS LAST, id) INCLUDE (note) WHERE n > 0",
        "CREATE UNIQUE INDEX by_both ON users (name COLLATE \"POSIX\", n DESC) WITH (fillfactor = 70)",
        "CREATE INDEX by_hash ON users USING hash (n)",
        "CREATE INDEX \"where name\" ON users (note) WHERE name LIKE 'A%' OR n = 3",
        "ALTER TABLE users ADD CONSTRAINT n_later CHECK (n <> 13) NOT VALID",
        "CREATE STATISTICS together (ndistinct, dependencies) ON n, name FROM users",
        "ALTER STATISTICS together SET STATISTICS 55",
        "ALTER TABLE users CLUSTER ON by_both",
        "ALTER TABLE users ALTER COLUMN n SET STATISTICS 77, ALTER COLUMN name SET STATISTICS 88",
        "ALTER TABLE users ALTER COLUMN n SET (n_distinct = 5), ALTER COLUMN name SET (n_distinct = -0.5)",
        "ALTER TABLE users ALTER COLUMN name SET STORAGE EXTERNAL",
        "COMMENT ON COLUMN users.name IS 'what we call them; it''s \"short\"'",
        "COMMENT ON COLUMN users.n IS 'a number'",
        "COMMENT ON COLUMN users.id IS 'the key column'",
        "COMMENT ON CONSTRAINT users_pkey ON users IS 'the key'",
        "COMMENT ON CONSTRAINT name_is_short ON users IS 'short'",
        "COMMENT ON CONSTRAINT name_once ON users IS 'once'",
        "COMMENT ON CONSTRAINT of_team ON users IS 'of a team'",
        "COMMENT ON INDEX by_expression IS 'for the search'",
        "COMMENT ON STATISTICS together IS 'together'",
        "GRANT SELECT (name, n), UPDATE (name, n, id) ON users TO PUBLIC",
        "INSERT INTO teams SELECT g FROM generate_series(1, 9) g",
        "INSERT INTO users (name, n, team, note) SELECT 'n' || g, g, g, 'x' FROM generate_series(1, 9) g"
    };

    static List<Arguments> changes() {
        return List.of(
                Arguments.of(
                        "- renameColumn: { table: users, column: name, to: full_name }",
                        "ALTER TABLE users RENAME name TO full_name"),
                Arguments.of(
                        "- renameColumn: { table: users, column: n, to: number }",
                        "ALTER TABLE users RENAME n TO number"),
                Arguments.of(
                        "- renameColumn: { table: users, column: id, to: user_id }",
                        "ALTER TABLE users RENAME id TO user_id"),
                Arguments.of(
                        "- changeType: { table: users, column: n, type: bigint }",
                        "ALTER TABLE users ALTER n TYPE bigint"),
                Arguments.of(
                        "- changeType: { table: users, column: id, type: bigint }",
                        "ALTER TABLE users ALTER id TYPE bigint; ALTER SEQUENCE users_id_seq AS bigint"),
                Arguments.of(
                        "- changeType: { table: users, column: name, type: 'varchar(100) COLLATE \"C\"', up: name }",
                        "ALTER TABLE users ALTER name TYPE varchar(100) COLLATE \"C\""),
                Arguments.of(
                        """
                        - renameColumn: { table: users, column: name, to: full_name }
                        - changeType: { table: users, column: n, type: bigint }
                        """,
                        "ALTER TABLE users RENAME name TO full_name; ALTER TABLE users ALTER n TYPE bigint"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("changes")
    void whatStoodOnTheOldColumnStandsOnTheNewOne(String operations, String native_) {
        try (TestDatabase migrated = Databases.withStateTables();
                TestDatabase altered = Databases.withStateTables()) {
            migrated.execute(SCHEMA);
            altered.execute(SCHEMA);
            altered.execute(native_);
            var migration = MigrationFiles.parse("0001_test", "0001_test.yaml", "operations:\n" + operations.indent(2));
            new PlanRunner(migrated, migration).through(Phase.PURGE);
            // The server's own ALTER … TYPE forgets the target.
            altered.execute("ALTER STATISTICS together SET STATISTICS 55");
            List<String> missing = new ArrayList<>(lines(altered));
            missing.removeAll(lines(migrated));
            List<String> unexpected = new ArrayList<>(lines(migrated));
            unexpected.removeAll(lines(altered));
            assertThat(unexpected).as("instead of %s", missing).isEmpty();
            assertThat(missing).isEmpty();
            migrated.execute("INSERT INTO users (team) VALUES (20)");
            altered.execute("INSERT INTO users (team) VALUES (20)");
            String rows = "SELECT to_jsonb(t) FROM users t ORDER BY 1";
            assertThat(migrated.queryRows(rows)).isEqualTo(altered.queryRows(rows));
        }
    }

    /** All but where a column stands, which is at the end for a successor, and how a default is spelt. */
    private static List<String> lines(TestDatabase database) {
        return database.snapshot("public").lines().stream()
                .map(line -> line.replaceAll("^(table public.users: .*)columns=[^=]*, owner", "$1owner")
                        .replace("ON full_name, n FROM", "ON n, full_name FROM")
                        .replace("ON name, n FROM", "ON n, name FROM")
                        .replaceAll("'(\\d+)'::bigint", "$1")
                        .replace("'anon'::character varying(100)", "'anon'::text"))
                .toList();
    }

    /** It is the time of the INSERT, not that of the plan. */
    @Test
    void aDefaultThatTellsTheTimeGoesOnTellingIt() {
        try (TestDatabase database = Databases.withStateTables()) {
            database.execute(
                    "CREATE TABLE users (id int, at timestamp DEFAULT now(), by varchar(90) DEFAULT current_user)");
            String operations =
                    """
                    operations:
                      - changeType: { table: users, column: at, type: timestamptz }
                      - changeType: { table: users, column: by, type: text }
                    """;
            new PlanRunner(database, MigrationFiles.parse("0001_test", "0001_test.yaml", operations))
                    .through(Phase.PURGE);
            assertThat(database.queryStrings("SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef"
                            + " WHERE adrelid = 'users'::regclass ORDER BY adnum"))
                    .allMatch(value -> value.matches("(?i).*(now\\(\\)|current_user).*"))
                    .hasSize(2);
        }
    }
}
