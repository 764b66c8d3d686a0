package dev.migrator.pg.engine;

import dev.migrator.Migration;

/**
 * A table with partitions on two levels, of all kinds: by range, by hash, one with its columns in another order that was
 * attached, and a default one.
 */
final class PartitionedSample {
    static final String[] SCHEMA = {
        "CREATE SEQUENCE numbers AS int",
        """
        CREATE TABLE visits (
          num int NOT NULL DEFAULT nextval('numbers'), id int NOT NULL, day int NOT NULL, name text NOT NULL DEFAULT 'anon', n int DEFAULT 7 CHECK (n > -1000000),
          lat text NOT NULL DEFAULT '0', place text, given text, family text, junk text NOT NULL DEFAULT 'j', note text,
          CONSTRAINT name_is_short CHECK (length(name) < 200), PRIMARY KEY (id, day)
        ) PARTITION BY RANGE (day)
        """,
        "CREATE TABLE visits_1 PARTITION OF visits FOR VALUES FROM (0) TO (10)",
        "CREATE TABLE visits_2 PARTITION OF visits FOR VALUES FROM (10) TO (20) PARTITION BY HASH (id)",
        "CREATE TABLE visits_2_0 PARTITION OF visits_2 FOR VALUES WITH (MODULUS 2, REMAINDER 0)",
        "CREATE TABLE visits_2_1 PARTITION OF visits_2 FOR VALUES WITH (MODULUS 2, REMAINDER 1)",
        // From PostgreSQL 18 on NOT NULL has a name, which on the way back is that of the whole table.
        """
        CREATE TABLE visits_3 (gone int, note text, family text, name text NOT NULL DEFAULT 'anon', day int NOT NULL,
          lat text CONSTRAINT visits_lat_not_null NOT NULL DEFAULT '0', place text, given text,
          num int CONSTRAINT visits_num_not_null NOT NULL DEFAULT nextval('numbers'), n int DEFAULT 7 CHECK (n > -1000000),
          id int NOT NULL,
          junk text CONSTRAINT visits_junk_not_null NOT NULL DEFAULT 'j', CONSTRAINT visits_n_check CHECK (n > -1000000),
          CONSTRAINT name_is_short CHECK (length(name) < 200))
        """,
        "ALTER TABLE visits_3 DROP COLUMN gone, DROP CONSTRAINT visits_3_n_check",
        "ALTER TABLE visits ATTACH PARTITION visits_3 FOR VALUES FROM (20) TO (30)",
        "CREATE TABLE visits_rest PARTITION OF visits DEFAULT",
        "ALTER SEQUENCE numbers OWNED BY visits.num",
        "CREATE INDEX visits_note ON visits (note)",
        "CREATE INDEX visits_place ON visits (junk, place)",
        "COMMENT ON COLUMN visits.name IS 'whose'",
        "CREATE STATISTICS visits_stats ON name, note FROM visits",
        """
        INSERT INTO visits (id, day, name, n, lat, place, given, family, note)
        SELECT g, g % 40, 'Name ' || g, CASE WHEN g % 5 > 0 THEN g END, (g / 10.0)::float8::text, 'Street ' || g || ', City',
               'G' || g, 'F' || g, repeat('x', g % 50)
          FROM generate_series(1, 400) g
        """
    };

    /** What works on columns that no key or partition key stands on, and no index but on what is dropped or split. */
    static final Migration EVERY_OPERATION = Rig.migration(
            "0001_visits",
            """
            - renameColumn: { table: visits, column: name, to: full_name }
            - changeType: { table: visits, column: n, type: bigint }
            - changeType: { table: visits, column: num, type: bigint }
            - changeType: { table: visits, column: lat, type: double precision, to: latitude, down: 'latitude::text' }
            - splitColumn:
                table: visits
                column: place
                into:
                  - { column: street, type: text, up: "split_part(place, ', ', 1)" }
                  - { column: city, type: text, up: "split_part(place, ', ', 2)" }
                down: "street || ', ' || city"
            - mergeColumns:
                table: visits
                columns:
                  - { column: given, down: "split_part(person, ' ', 1)" }
                  - { column: family, down: "split_part(person, ' ', 2)" }
                into: { column: person, type: text, up: "given || ' ' || family" }
            - addColumn: { table: visits, column: shout, type: text, up: "upper(name)", nullable: false }
            - addColumn: { table: visits, column: active, type: boolean, nullable: false, default: true }
            - addColumn: { table: visits, column: token, type: uuid, default: gen_random_uuid(), nullable: false }
            - dropColumn: { table: visits, column: junk, down: "'from ' || id" }
            - setNotNull: { table: visits, column: note, fill: "'note of ' || id" }
            """);

    private PartitionedSample() {}
}
