package dev.migrator.pg.engine;

import static dev.migrator.pg.engine.ShapeModel.NULL;

import dev.migrator.Migration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A table, its migration, and the model of both.
 *
 * @param name the table
 * @param schema statements that make it
 * @param migration the migration
 * @param model the model
 * @param oldColumns what the old release writes
 * @param newColumns what the new release writes
 * @param sameNames whether both shapes bear the same names, the new one those of the migrator until CONTRACT
 * @param counter the column that counts, in the old and in the new shape
 */
record WriterTable(
        String name,
        List<String> schema,
        Migration migration,
        ShapeModel model,
        List<WriterColumn> oldColumns,
        List<WriterColumn> newColumns,
        boolean sameNames,
        List<String> counter) {

    /** Does without the column where there is none; a function that names it as it stands would be refused. */
    private static final String TRIM =
            """
            CREATE FUNCTION trim_column() RETURNS trigger LANGUAGE plpgsql AS $$
            DECLARE
              trimmed text := 'ni' || 'ck';
            BEGIN
              IF to_jsonb(NEW) ? trimmed THEN
                NEW := jsonb_populate_record(NEW, jsonb_build_object(trimmed, trim(to_jsonb(NEW)->>trimmed)));
              END IF;
              RETURN NEW;
            END$$
            """;

    private static final String OPERATIONS =
            """
            - renameColumn: { table: people, column: name, to: full_name }
            - renameColumn: { table: people, column: nick, to: handle }
            - changeType: { table: people, column: lat, type: double precision, to: latitude, down: 'latitude::text' }
            - changeType: { table: people, column: n, type: bigint, to: big_n }
            - renameColumn: { table: people, column: amount, to: total }
            - splitColumn:
                table: people
                column: place
                into:
                  - { column: street, type: text, up: "split_part(place, ', ', 1)" }
                  - { column: city, type: text, up: "split_part(place, ', ', 2)" }
                down: >-
                  CASE WHEN street IS NULL AND city IS NULL THEN NULL
                       ELSE coalesce(street, '') || ', ' || coalesce(city, '') END
            - mergeColumns:
                table: people
                columns:
                  - { column: given, down: "split_part(person, ' ', 1)" }
                  - { column: family, down: "split_part(person, ' ', 2)" }
                into: { column: person, type: text, up: "given || ' ' || family" }
            """;
    private static final String ADD =
            "- addColumn: { table: people, column: shout, type: text, up: 'upper(name)', nullable: false }\n";

    /**
     * A rename, a type under another name, a split, a merge and an added column that is computed from a renamed one.
     *
     * @param trims whether the table has a trigger of its own that trims a column of the old shape
     */
    static WriterTable severalOperations(boolean trims) {
        List<String> schema = new java.util.ArrayList<>(List.of(
                """
                CREATE TABLE people (
                  id int PRIMARY KEY, name text NOT NULL DEFAULT 'anon', nick varchar(40) UNIQUE,
                  lat text NOT NULL DEFAULT '0', n int DEFAULT 7 CHECK (n > -1000000), place text,
                  given text, family text, amount numeric, note text)
                """,
                "CREATE INDEX ON people (lower(name), n) WHERE n > 5"));
        if (trims) {
            schema.add(TRIM);
            schema.add("CREATE TRIGGER trims BEFORE INSERT OR UPDATE ON people FOR EACH ROW EXECUTE FUNCTION"
                    + " trim_column()");
        }
        // The column that is computed from a renamed one stands before or after the renaming, which must not matter.
        String operations = trims ? ADD + OPERATIONS : OPERATIONS + ADD;
        return new WriterTable(
                "people",
                schema,
                Rig.migration("0001_people", operations),
                peopleModel(trims),
                WriterColumns.OLD_PEOPLE,
                WriterColumns.NEW_PEOPLE,
                false,
                List.of("n", "big_n"));
    }

    /** The same on a table with partitions on two levels, so that a new id moves a row to another one. */
    static WriterTable partitioned(boolean trims) {
        WriterTable ordinary = severalOperations(trims);
        List<String> schema = new java.util.ArrayList<>(List.of(
                """
                CREATE TABLE people (
                  id int PRIMARY KEY, name text NOT NULL DEFAULT 'anon', nick varchar(40),
                  lat text NOT NULL DEFAULT '0', n int DEFAULT 7 CHECK (n > -1000000), place text,
                  given text, family text, amount numeric, note text) PARTITION BY HASH (id)
                """,
                "CREATE TABLE people_0 PARTITION OF people FOR VALUES WITH (MODULUS 3, REMAINDER 0)",
                "CREATE TABLE people_1 PARTITION OF people FOR VALUES WITH (MODULUS 3, REMAINDER 1)"
                        + " PARTITION BY RANGE (id)",
                "CREATE TABLE people_1_0 PARTITION OF people_1 FOR VALUES FROM (0) TO (200)",
                "CREATE TABLE people_1_rest PARTITION OF people_1 DEFAULT",
                """
                CREATE TABLE people_2 (note text, gone int, n int DEFAULT 7, amount numeric, lat text NOT NULL DEFAULT '0',
                  place text, family text, given text, id int NOT NULL, nick varchar(40), name text NOT NULL DEFAULT 'anon',
                  CONSTRAINT people_n_check CHECK (n > -1000000))
                """,
                "ALTER TABLE people_2 DROP COLUMN gone",
                "ALTER TABLE people ATTACH PARTITION people_2 FOR VALUES WITH (MODULUS 3, REMAINDER 2)"));
        schema.addAll(ordinary.schema().subList(2, ordinary.schema().size()));
        return new WriterTable(
                ordinary.name(),
                schema,
                ordinary.migration(),
                ordinary.model(),
                ordinary.oldColumns(),
                ordinary.newColumns(),
                false,
                ordinary.counter());
    }

    private static ShapeModel peopleModel(boolean trims) {
        List<ShapeMapping> mappings = List.of(
                ShapeMapping.of("name", "full_name", text -> text, text -> text, true),
                ShapeMapping.of("nick", "handle", text -> text, text -> text, false),
                ShapeMapping.of("lat", "latitude", WriterColumns::number, text -> text, true),
                ShapeMapping.of("n", "big_n", text -> text, text -> text, true),
                ShapeMapping.of("amount", "total", text -> text, text -> text, false),
                new ShapeMapping(
                        List.of("place"),
                        List.of("street", "city"),
                        place -> WriterColumns.split(place.get(0), ", "),
                        parts -> List.of(WriterColumns.place(parts.get(0), parts.get(1))),
                        Set.of(),
                        false),
                new ShapeMapping(
                        List.of("given", "family"),
                        List.of("person"),
                        names -> List.of(names.contains(NULL) ? NULL : String.join(" ", names)),
                        person -> WriterColumns.split(person.get(0), " "),
                        Set.of(),
                        false),
                new ShapeMapping(
                        List.of(),
                        List.of("shout"),
                        name -> List.of(name.get(0).toUpperCase(java.util.Locale.ROOT)),
                        shout -> List.of(),
                        Set.of("name"),
                        false));
        Map<String, String> defaults =
                Map.of("name", "anon", "full_name", "anon", "lat", "0", "latitude", "0", "n", "7", "big_n", "7");
        return new ShapeModel(List.of("id", "note"), mappings, defaults, trims ? Set.of("nick") : Set.of());
    }

    /** Types that change under the same names, that of the primary key too. */
    static WriterTable typesUnderTheSameNames() {
        String operations =
                """
                - changeType: { table: accounts, column: id, type: bigint }
                - changeType: { table: accounts, column: n, type: bigint }
                """;
        List<ShapeMapping> mappings = List.of(
                ShapeMapping.of("id", "id'", text -> text, text -> text, false),
                ShapeMapping.of("n", "n'", text -> text, text -> text, false));
        return new WriterTable(
                "accounts",
                List.of(
                        """
                        CREATE TABLE accounts (
                          id serial PRIMARY KEY, n int DEFAULT 5 CHECK (n > -1000000), t text NOT NULL DEFAULT 'x', note text)
                        """,
                        "CREATE INDEX ON accounts (n DESC, t)"),
                Rig.migration("0002_accounts", operations),
                new ShapeModel(List.of("t", "note"), mappings, Map.of("n", "5", "t", "x"), Set.of()),
                WriterColumns.ACCOUNTS,
                WriterColumns.ACCOUNTS,
                true,
                List.of("n", "n'"));
    }

    /** The columns that a writer of this kind writes, but for the id. */
    List<WriterColumn> columns(WriterKind kind) {
        java.util.LinkedHashSet<WriterColumn> columns = new java.util.LinkedHashSet<>();
        if (kind.writesOld()) {
            columns.addAll(oldColumns);
        }
        if (kind.writesNew()) {
            columns.addAll(newColumns);
        }
        return List.copyOf(columns);
    }
}
