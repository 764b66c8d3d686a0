package dev.migrator.pg.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Identifier;
import dev.migrator.Migration;
import dev.migrator.MigrationFiles;
import dev.migrator.Phase;
import dev.migrator.engine.Outcome;
import dev.migrator.pg.PostgresMigrator;
import dev.migrator.pg.internal.state.StateSchema;
import dev.migrator.test.PgDump;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.SchemaSnapshot;
import dev.migrator.test.TestDatabase;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * All operations at once on things whose names, and with expressions whose texts, are hostile: through all phases with writes
 * of both releases, back, and to PURGE.
 *
 * <p>{@code -Dmigrator.test.seed=N} tries one seed, {@code -Dmigrator.test.thorough=true} thousands.
 */
@EnabledIfSystemProperty(named = "migrator.test.thorough", matches = "true")
class HostileNamesFuzzTest {
    private static final String OPERATIONS =
            """
            - renameColumn: { schema: <schema>, table: <table>, column: <name>, to: <new name> }
            - changeType: { schema: <schema>, table: <table>, column: <number>, type: bigint }
            - splitColumn:
                schema: <schema>
                table: <table>
                column: <note>
                into: [ { column: <head>, type: text, up: ^split_part("note", '|', 1)^ },
                        { column: <tail>, type: text, up: ^split_part("note", '|', 2)^ } ]
                down: ^"head" || '|' || "tail"^
            - mergeColumns:
                schema: <schema>
                table: <table>
                columns: [ { column: <street>, down: ^split_part("address", '|', 1)^ },
                           { column: <city>, down: ^split_part("address", '|', 2)^ } ]
                into: { column: <address>, type: text, up: ^"street" || '|' || "city"^ }
            - addColumn: { schema: <schema>, table: <table>, column: <added>, type: text, up: ^upper("name")^ }
            - addColumn: { schema: <schema>, table: <table>, column: <counted>, type: int, identity: by default }
            - addColumn: { schema: <schema>, table: <table>, column: <typed>, type: ~"schema"."type"~, default: ~'it''s'~,
                comment: <comment> }
            - dropColumn: { schema: <schema>, table: <table>, column: <dropped>, down: ^'gone'^ }
            - setNotNull: { schema: <schema>, table: <table>, column: <filled>, fill: ^'filled'^ }
            - createIndex:
                schema: <schema>
                table: <table>
                name: <new index>
                columns: [ <new name>, { expression: ^lower("added")^ } ]
                include: [ <key> ]
                where: ~"team" > 0 AND "added" <> '?' -- $1~
            - addForeignKey: { schema: <schema>, table: <table>, name: <new foreign key>, columns: [ <team> ],
                references: { schema: <schema>, table: <teams>, columns: [ <team key> ] } }
            - sql: { expand: ~CREATE TABLE "schema"."audit" ("added" text DEFAULT '?;\\'); -- it's ?~,
                rollback: ~DROP TABLE "schema"."audit"~ }
            """;

    private static final String[] SCHEMA = {
        "CREATE SCHEMA \"schema\"",
        "CREATE TYPE \"schema\".\"type\" AS ENUM ('it''s', '?')",
        "CREATE TABLE \"schema\".\"teams\" (\"team key\" int CONSTRAINT \"teams key\" PRIMARY KEY)",
        "INSERT INTO \"schema\".\"teams\" VALUES (1), (2)",
        "CREATE SEQUENCE \"schema\".\"sequence\"",
        """
        CREATE TABLE "schema"."table" (
            "key" int CONSTRAINT "primary key" PRIMARY KEY DEFAULT nextval('<sequence>'),
            "name" text NOT NULL DEFAULT '?\\''', "number" int CONSTRAINT "check" CHECK ("number" > -5), "note" text,
            "street" text, "city" text, "dropped" text, "filled" text, "team" int DEFAULT 1,
            CONSTRAINT "unique" UNIQUE ("name", "key"))
        """,
        "ALTER SEQUENCE \"schema\".\"sequence\" OWNED BY \"schema\".\"table\".\"key\"",
        "CREATE INDEX \"index\" ON \"schema\".\"table\" (lower(\"name\"), \"number\") WHERE \"name\" <> '?\\$1'",
        "CREATE STATISTICS \"schema\".\"statistics\" ON \"number\", \"team\" FROM \"schema\".\"table\"",
        "CREATE FUNCTION \"schema\".\"function\"() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "CREATE TRIGGER \"trigger\" BEFORE INSERT OR UPDATE ON \"schema\".\"table\" FOR EACH ROW"
                + " EXECUTE FUNCTION \"schema\".\"function\"()",
        "GRANT SELECT, UPDATE (\"name\") ON \"schema\".\"table\" TO \"role\"",
        "COMMENT ON COLUMN \"schema\".\"table\".\"name\" IS '<comment>'",
        "INSERT INTO \"schema\".\"table\" SELECT g, 'n' || g, g, 'h' || g || '|t' || g, 's' || g, 'c' || g, 'gone',"
                + " CASE WHEN g % 2 = 0 THEN 'f' || g END, 1 FROM generate_series(1, 40) g"
    };

    static LongStream seeds() {
        return System.getProperty("migrator.test.seed") != null
                ? LongStream.of(Long.getLong("migrator.test.seed", 1))
                : LongStream.rangeClosed(1, Mishap.THOROUGH ? 2000 : 2);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyOperationBearsAnyNames(long seed) {
        HostileNames names = new HostileNames(new Random(seed));
        try (TestDatabase database = PostgresServer.shared().createDatabase()) {
            new Cycle(names, database).run();
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("seed " + seed + ": " + e + "\n" + names, e);
        }
    }

    private record Cycle(HostileNames names, TestDatabase database) {
        void run() {
            String role = database.createRole(names.role());
            for (String statement : SCHEMA) {
                execute(statement.replace("\"role\"", Identifier.of(role).quoted()));
            }
            new StateSchema(database.dataSource(), Identifier.of(names.stateSchema())).install();
            SchemaSnapshot before = database.snapshot(names.of("schema"));
            Optional<String> dump = PgDump.schemaOnly(database);
            String id = names.id();
            Migration migration = MigrationFiles.parse(id, id + ".yaml", file());
            PostgresMigrator migrator = PostgresMigrator.builder(database.dataSource())
                    .migrations(List.of(migration))
                    .stateSchema(names.stateSchema())
                    .build();
            int row = 1;
            for (Phase phase : List.of(Phase.EXPAND, Phase.BACKFILL, Phase.VALIDATE, Phase.CONTRACT)) {
                arrived(migrator.migrate(phase, id).get(0).outcome());
                write(row, phase != Phase.CONTRACT);
                row += 2;
            }
            arrived(migrator.rollback(id, Optional.empty()));
            assertThat(before.differences(database.snapshot(names.of("schema"))))
                    .isEmpty();
            assertThat(PgDump.schemaOnly(database)).isEqualTo(dump);
            assertThat(rows("\"name\", \"number\", \"note\", \"street\", \"city\""))
                    .containsExactlyElementsOf(written());
            arrived(migrator.migrate(Phase.PURGE, id).get(0).outcome());
            assertThat(rows("\"new name\", \"number\", \"head\" || '|' || \"tail\", split_part(\"address\", '|', 1),"
                            + " split_part(\"address\", '|', 2)"))
                    .containsExactlyElementsOf(written());
            assertThat(
                            database.queryLong(
                                    sql(
                                            "SELECT count(DISTINCT \"counted\") FROM \"schema\".\"table\""
                                                    + " WHERE \"added\" = upper(\"new name\") AND \"filled\" IS NOT NULL AND \"typed\" = 'it''s'")))
                    .isEqualTo(40);
            assertThat(database.snapshot(names.of("schema")).lines("mg_").stream()
                            .filter(line -> !names.toString().contains("mg_"))
                            .toList())
                    .isEmpty();
        }

        /** The new release writes a row, and the old one, while it is there, the one before. */
        private void write(int row, boolean oldToo) {
            if (oldToo) {
                execute(
                        ("UPDATE \"schema\".\"table\" SET \"name\" = 'w%1$d', \"number\" = 10%1$d, \"note\" = 'x%1$d|y%1$d',"
                                        + " \"street\" = 'u%1$d', \"city\" = 'v%1$d' WHERE \"key\" = %1$d")
                                .formatted(row));
            }
            execute(("UPDATE \"schema\".\"table\" SET \"new name\" = 'w%1$d', \"number\" = 10%1$d, \"head\" = 'x%1$d',"
                            + " \"tail\" = 'y%1$d', \"address\" = 'u%1$d|v%1$d' WHERE \"key\" = %1$d")
                    .formatted(oldToo ? row + 1 : row));
        }

        /** The rows that were written. */
        private static List<List<String>> written() {
            return IntStream.rangeClosed(1, 7)
                    .mapToObj(n -> List.of("w" + n, "10" + n, "x" + n + "|y" + n, "u" + n, "v" + n))
                    .toList();
        }

        private List<List<String>> rows(String columns) {
            return database.queryRows(
                    sql("SELECT " + columns + " FROM \"schema\".\"table\" WHERE \"key\" <= 7 ORDER BY \"key\""));
        }

        private static void arrived(Outcome outcome) {
            assertThat(outcome).isInstanceOf(Outcome.Arrived.class);
        }

        private void execute(String statement) {
            database.execute(sql(statement));
        }

        /** SQL with the names of the things that stand in it in double quotes. */
        private String sql(String text) {
            String quoted = replaced(text, "\"([a-z][a-z ]+)\"", names::sql);
            return replaced(quoted, "<([a-z ]+)>", thing -> (thing.equals("sequence")
                            ? names.sql("schema") + "." + names.sql(thing)
                            : names.of(thing))
                    .replace("'", "''"));
        }

        private String file() {
            String operations = replaced(OPERATIONS, "<([a-z ]+)>", thing -> HostileNames.yaml(names.of(thing)));
            operations = replaced(operations, "\\^([^^]+)\\^", text -> HostileNames.yaml(names.around(sql(text))));
            operations = replaced(operations, "~([^~]+)~", text -> HostileNames.yaml(sql(text)));
            return "operations:\n" + operations.indent(2) + "gates: { validate: [], contract: [], purge: [] }\n";
        }

        private static String replaced(String text, String pattern, UnaryOperator<String> by) {
            return Pattern.compile(pattern)
                    .matcher(text)
                    .replaceAll(found -> Matcher.quoteReplacement(by.apply(found.group(1))));
        }
    }
}
