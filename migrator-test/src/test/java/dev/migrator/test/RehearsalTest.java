package dev.migrator.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.MigrationFiles;
import dev.migrator.QualifiedName;
import java.util.List;
import org.junit.jupiter.api.Test;

class RehearsalTest {
    private static final String[] EVERYTHING = {
        "CREATE TYPE mood AS ENUM ('happy', 'sad')",
        "CREATE DOMAIN short_text AS varchar(5) CHECK (VALUE <> 'bad')",
        "CREATE TABLE places (country char(2), city text, PRIMARY KEY (country, city))",
        """
        CREATE TABLE "odd ""table" (
          id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "Country" char(2) NOT NULL, city text NOT NULL,
          boss int REFERENCES "odd ""table", mood mood NOT NULL, short short_text NOT NULL, tags text[] NOT NULL, body jsonb,
          price numeric(8, 2) NOT NULL CHECK (price < 900), at timestamptz NOT NULL, code uuid UNIQUE, bytes bytea NOT NULL,
          span daterange, share numeric(4, 4) NOT NULL, grade numeric(1) NOT NULL,
          parts numeric(3, 2)[] NOT NULL, codes varchar(2)[] NOT NULL, twice int GENERATED ALWAYS AS (length(short) * 2) STORED, made date NOT NULL DEFAULT current_date,
          FOREIGN KEY ("Country", city) REFERENCES places)
        """
    };

    private static MigrationSuite suite(String operations, String... schema) {
        return MigrationSuite.of(
                BaseSchema.statements(schema),
                List.of(MigrationFiles.parse("0001_it", "0001_it.yaml", "operations:\n" + operations.indent(2))));
    }

    @Test
    void rowsOfEveryKindAreMade() {
        try (TestDatabase database =
                BaseSchema.statements(EVERYTHING).on(PostgresServer.shared()).createDatabase()) {
            GeneratedRows rows = GeneratedRows.in(database, 5);
            assertThat(rows.fill(QualifiedName.of("public", "odd \"table"), 40)).isEqualTo(40);
            assertThat(rows.shortages()).isEmpty();
            assertThat(database.queryLong("SELECT count(*) FROM places")).isPositive();
            assertThat(database.queryLong("SELECT count(DISTINCT mood) + count(boss) FROM \"odd \"\"table\""))
                    .isGreaterThan(10);
            assertThat(database.queryBoolean(
                            "SELECT bool_or(code IS NULL) AND bool_or(code IS NOT NULL) FROM \"odd \"\"table\""))
                    .isTrue();
        }
    }

    @Test
    void aRowThatCantBeMadeIsTold() {
        try (TestDatabase database = BaseSchema.statements(
                        "CREATE TABLE t (id int PRIMARY KEY, n int NOT NULL CHECK (n < 0))")
                .on(PostgresServer.shared())
                .createDatabase()) {
            QualifiedName table = QualifiedName.of("public", "t");
            GeneratedRows refused = GeneratedRows.in(database, 1);
            assertThat(refused.fill(table, 3)).isZero();
            assertThat(refused.shortages()).singleElement().asString().contains("\"t\": 0 of 3 rows", "t_n_check");
            assertThat(GeneratedRows.in(database, 1).value("t.n", "-1").fill(table, 3))
                    .isEqualTo(3);
        }
    }

    @Test
    void aValueForAColumnThatIsNotThereIsTold() {
        RehearsalReport report = Rehearsal.of(
                        suite("- dropColumn: { table: t, column: n }\n", "CREATE TABLE t (id int PRIMARY KEY, n int)"))
                .value("t.m", "7")
                .value("t.n", "7")
                .on(PostgresServer.shared());
        assertThat(report.notes()).first().asString().startsWith("t.m: a value is given");
    }

    @Test
    void aTableWithoutARowProvesNothing() {
        RehearsalReport report = Rehearsal.of(suite(
                        "- renameColumn: { table: t, column: n, to: m }\n",
                        "CREATE TABLE t (id int PRIMARY KEY, n bit(3) NOT NULL)"))
                .rows(3)
                .on(PostgresServer.shared());
        assertThat(report.isGood()).isFalse();
        assertThat(report.toString()).contains("Nothing could be tried on \"public\".\"t\"");
    }

    @Test
    void aPhaseWithoutAWayBackDoesNotEndTheComparison() {
        RehearsalReport report = Rehearsal.of(suite(
                        """
                        - sql: { expand: "CREATE TABLE other ()" }
                        - changeType: { table: t, column: n, type: text, to: m, up: "lying(n)", down: "m" }
                        """,
                        "CREATE FUNCTION lying(text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN RETURN $1 || random(); END $$",
                        "CREATE TABLE t (id int PRIMARY KEY, n text NOT NULL)"))
                .rows(3)
                .on(PostgresServer.shared());
        assertThat(report.isGood()).as(report.toString()).isFalse();
        assertThat(report.toString())
                .contains("There is no way back from EXPAND on", "In BACKFILL, 3 of 3 rows differ");
    }

    @Test
    void aGoodMigrationGoesThereAndBackWithThem() {
        RehearsalReport report = Rehearsal.of(
                        suite("- renameColumn: { table: \"odd \\\"table\", column: city, to: town }\n", EVERYTHING))
                .rows(30)
                .on(PostgresServer.shared());
        assertThat(report.isGood()).as(report.toString()).isTrue();
        assertThat(report.rows()).containsEntry("\"public\".\"odd \"\"table\"", 30);
        assertThat(report.toString()).startsWith("0001_it: good, with made-up rows ");
    }

    @Test
    void valuesThatCantBeConvertedAreFound() {
        String schema = "CREATE TABLE t (id int PRIMARY KEY, lat text NOT NULL)";
        MigrationSuite suite =
                suite("- changeType: { table: t, column: lat, type: double precision, to: latitude }\n", schema);
        RehearsalReport report = Rehearsal.of(suite).on(PostgresServer.shared());
        assertThat(report.isGood()).isFalse();
        assertThat(report.toString()).contains("0001_it: 1 problems").contains("does not come to BACKFILL");
        assertThat(Rehearsal.of(suite)
                        .value("t.lat", "(random() * 90)::text")
                        .on(PostgresServer.shared())
                        .problems())
                .isEmpty();
    }

    @Test
    void whatIsLostWhereTheNewReleaseStoresWhatItHasReadIsNoted() {
        String[] schema = {"CREATE TABLE t (id int PRIMARY KEY, name text NOT NULL)", "INSERT INTO t VALUES (1, 'abc')"
        };
        RehearsalReport lossy = Rehearsal.of(suite(
                        "- changeType: { table: t, column: name, type: varchar(2), to: short, up: 'left(name, 2)', down: short }\n",
                        schema))
                .on(PostgresServer.shared());
        assertThat(lossy.problems()).isEmpty();
        assertThat(lossy.notes()).singleElement().asString().contains("stores anew", "lose something", "abc");

        RehearsalReport renamed = Rehearsal.of(suite("- renameColumn: { table: t, column: name, to: title }\n", schema))
                .on(PostgresServer.shared());
        assertThat(renamed.problems()).isEmpty();
        assertThat(renamed.notes()).isEmpty();
    }

    @Test
    void whereThereIsNoWayBackIsSaid() {
        RehearsalReport report = Rehearsal.of(
                        suite("- sql: { expand: \"ALTER TABLE t ADD COLUMN b int\" }\n", "CREATE TABLE t (a int)"))
                .on(PostgresServer.shared());
        assertThat(report.notes()).anySatisfy(note -> assertThat(note).contains("There is no way back from EXPAND"));
        assertThat(report.problems()).isEmpty();
    }

    @Test
    void aWayBackThatForgetsSomethingIsFound() {
        RehearsalReport report = Rehearsal.of(suite(
                        "- sql: { expand: \"CREATE TABLE audit (id int)\", rollback: \"SELECT 1\" }\n",
                        "CREATE TABLE t (a int)"))
                .on(PostgresServer.shared());
        assertThat(report.problems())
                .anySatisfy(problem -> assertThat(problem).startsWith("Back from EXPAND, the schema differs: + "));
    }
}
