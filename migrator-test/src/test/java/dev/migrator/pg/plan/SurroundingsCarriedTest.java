package dev.migrator.pg.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Phase;
import dev.migrator.pg.Databases;
import dev.migrator.test.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What surrounds a column is there after a rollback as it was, and after PURGE as the server's own ALTER TABLE would have left
 * it. {@link PurgeKeepsNamesTest} has the ordinary things; these are the rarer ones.
 */
class SurroundingsCarriedTest {
    private static final String RENAME_N = "- renameColumn: { table: users, column: n, to: number }";
    private static final String NATIVE_N = "ALTER TABLE users RENAME n TO number";
    private static final String WIDEN_N = "- changeType: { table: users, column: n, type: bigint }";
    /** As if it had been of that type from the beginning. */
    private static final String NATIVE_WIDEN = "";

    private static final String TOUCH =
            "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$";

    private static Arguments of(String what, String operations, String natively, String... schema) {
        return Arguments.of(what, operations, natively, List.of(schema));
    }

    static Stream<Arguments> cases() {
        return Stream.of(
                of(
                        "ON DELETE SET NULL of some of a key's columns",
                        RENAME_N,
                        NATIVE_N,
                        "CREATE TABLE teams (id int, \"o, (r\" int, PRIMARY KEY (id, \"o, (r\"))",
                        """
                        CREATE TABLE users (id int PRIMARY KEY, n int, "o, (r" int NOT NULL,
                          FOREIGN KEY (n, "o, (r") REFERENCES teams ON UPDATE CASCADE ON DELETE SET NULL (n) DEFERRABLE)
                        """),
                of(
                        "ON DELETE SET DEFAULT of another of a key's columns",
                        RENAME_N,
                        NATIVE_N,
                        "CREATE TABLE teams (id int, \"o, (r\" int, PRIMARY KEY (id, \"o, (r\"))",
                        """
                        CREATE TABLE users (id int PRIMARY KEY, n int, "o, (r" int DEFAULT 3,
                          FOREIGN KEY (n, "o, (r") REFERENCES teams ON DELETE SET DEFAULT ("o, (r", n))
                        """),
                of(
                        "comments on the primary key's index and constraint",
                        WIDEN_N,
                        NATIVE_WIDEN,
                        "CREATE TABLE users (n int PRIMARY KEY, name text)",
                        "COMMENT ON INDEX users_pkey IS 'the index'",
                        "COMMENT ON CONSTRAINT users_pkey ON users IS 'the key'"),
                of(
                        "comments on a unique constraint's index, NULLS NOT DISTINCT",
                        WIDEN_N,
                        NATIVE_WIDEN,
                        "CREATE TABLE users (n int UNIQUE NULLS NOT DISTINCT, name text)",
                        "COMMENT ON INDEX users_n_key IS 'the index'",
                        "COMMENT ON CONSTRAINT users_n_key ON users IS 'the key'"),
                of(
                        "targets for the statistics of an index's expressions",
                        RENAME_N,
                        NATIVE_N,
                        "CREATE TABLE users (id int PRIMARY KEY, n int)",
                        "CREATE INDEX by_n ON users (id, abs(n), (n % 3))",
                        "ALTER INDEX by_n ALTER COLUMN 2 SET STATISTICS 321, ALTER COLUMN 3 SET STATISTICS 0"),
                of(
                        "statistics of another schema, on expressions",
                        RENAME_N,
                        NATIVE_N,
                        "CREATE SCHEMA other",
                        "CREATE TABLE users (id int PRIMARY KEY, n int, name text)",
                        "CREATE STATISTICS other.some ON id, n FROM users",
                        "CREATE STATISTICS more ON abs(n), lower(name) FROM users",
                        "COMMENT ON STATISTICS other.some IS 'some'"),
                of(
                        "triggers for UPDATE OF the column, with comments, disabled or of replicas",
                        WIDEN_N,
                        NATIVE_WIDEN,
                        "CREATE TABLE users (id int PRIMARY KEY, n int)",
                        TOUCH,
                        "CREATE TRIGGER one BEFORE UPDATE OF n ON users FOR EACH ROW EXECUTE FUNCTION touch()",
                        "CREATE TRIGGER two BEFORE UPDATE OF n, id ON users FOR EACH ROW EXECUTE FUNCTION touch('x')",
                        "CREATE CONSTRAINT TRIGGER three AFTER UPDATE OF n ON users DEFERRABLE INITIALLY DEFERRED"
                                + " FOR EACH ROW EXECUTE FUNCTION touch()",
                        "ALTER TABLE users DISABLE TRIGGER one",
                        "ALTER TABLE users ENABLE REPLICA TRIGGER two",
                        "ALTER TABLE users ENABLE ALWAYS TRIGGER three",
                        "COMMENT ON TRIGGER one ON users IS 'one; it''s \"off\"'",
                        "COMMENT ON TRIGGER three ON users IS 'three'"),
                of(
                        "a sequence of another table's",
                        WIDEN_N,
                        NATIVE_WIDEN,
                        "CREATE TABLE others (id serial)",
                        "CREATE TABLE users (id int PRIMARY KEY, n int DEFAULT nextval('others_id_seq'))"),
                of(
                        "a serial column whose numbers another table takes",
                        RENAME_N,
                        NATIVE_N,
                        "CREATE TABLE users (id int PRIMARY KEY, n serial)",
                        "CREATE TABLE others (id int DEFAULT nextval('users_n_seq'))"),
                of(
                        "an unlogged table, published with a list of other columns",
                        RENAME_N,
                        NATIVE_N,
                        "CREATE TABLE users (id int PRIMARY KEY, n int)",
                        "CREATE INDEX by_n ON users (n)",
                        "ALTER TABLE users SET UNLOGGED"),
                of(
                        "replica identity, row security and a publication of other columns",
                        RENAME_N,
                        NATIVE_N,
                        "CREATE TABLE users (id int PRIMARY KEY, n int, owner text NOT NULL)",
                        "CREATE UNIQUE INDEX key ON users (owner)",
                        "ALTER TABLE users REPLICA IDENTITY USING INDEX key",
                        "CREATE PUBLICATION news FOR TABLE users (id, owner) WHERE (owner <> 'x')",
                        "CREATE POLICY own ON users USING (owner = current_user) WITH CHECK (owner <> '')",
                        "ALTER TABLE users ENABLE ROW LEVEL SECURITY"),
                of(
                        "an exclusion constraint, a view and a rule over other columns",
                        RENAME_N,
                        NATIVE_N,
                        "CREATE TABLE log (id int)",
                        "CREATE TABLE users (id int PRIMARY KEY, n int, span int4range, EXCLUDE USING gist (span WITH &&))",
                        "CREATE VIEW spans WITH (security_barrier) AS SELECT id, span FROM users",
                        "CREATE VIEW rows AS SELECT users AS one FROM users",
                        "CREATE RULE log AS ON INSERT TO users DO ALSO INSERT INTO log VALUES (1)"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void whatSurroundsAColumnComesBackAndGoesOn(String what, String operations, String natively, List<String> schema) {
        try (TestDatabase migrated = Databases.withStateTables();
                TestDatabase altered = Databases.withStateTables()) {
            Syntax.assumeUnderstood(migrated, schema);
            Users.run(migrated, schema);
            if (natively.equals(NATIVE_WIDEN)) {
                Users.run(
                        altered,
                        schema.stream()
                                .map(sql -> sql.replace("n int", "n bigint"))
                                .toList());
            } else {
                Users.run(altered, schema);
                Users.run(altered, List.of(natively));
            }
            var before = migrated.snapshot("public", "other");
            PlanRunner runner = new Users(migrated).plan(operations).through(Phase.CONTRACT);
            for (Phase phase : List.of(Phase.CONTRACT, Phase.VALIDATE, Phase.BACKFILL, Phase.EXPAND)) {
                runner.undo(phase);
            }
            assertThat(before.differences(migrated.snapshot("public", "other"))).isEmpty();
            runner.through(Phase.PURGE);
            List<String> expected = lines(altered);
            List<String> found = lines(migrated);
            List<String> missing = new ArrayList<>(expected);
            missing.removeAll(found);
            found.removeAll(expected);
            assertThat(found).as("instead of %s", missing).isEmpty();
            assertThat(missing).isEmpty();
        }
    }

    /** All but where a column stands, which is at the end for a successor, and in which order statistics name columns. */
    private static List<String> lines(TestDatabase database) {
        List<String> lines = new ArrayList<>();
        for (String line : database.snapshot("public", "other").lines()) {
            lines.add(line.replaceAll("^(table public.users: .*)columns=[^=]*, (owner|replica)", "$1$2")
                    .replace("ON number, id FROM", "ON id, number FROM"));
        }
        return lines;
    }
}
