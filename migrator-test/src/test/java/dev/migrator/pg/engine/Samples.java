package dev.migrator.pg.engine;

import dev.migrator.Migration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.provider.Arguments;

/** A table with all that may surround a column, and a migration for each operation on it. */
final class Samples {
    static final String[] SCHEMA = {
        "CREATE TABLE teams (id int PRIMARY KEY, label text)",
        """
        CREATE TABLE users (
          id serial PRIMARY KEY,
          name text NOT NULL DEFAULT 'anon',
          nick varchar(40) COLLATE "C",
          lat text NOT NULL DEFAULT '0',
          n int DEFAULT 7 CHECK (n > -1000000),
          team int REFERENCES teams (id) ON DELETE SET NULL,
          street text,
          city text,
          note text,
          CONSTRAINT name_is_short CHECK (length(name) < 200),
          CONSTRAINT nick_once UNIQUE (nick) DEFERRABLE INITIALLY DEFERRED
        )
        """,
        "CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY (START 100 INCREMENT 5) PRIMARY KEY, note text)",
        "COMMENT ON SEQUENCE orders_id_seq IS 'numbers of orders'",
        "INSERT INTO orders (note) SELECT 'n' || g FROM generate_series(1, 50) g",
        "CREATE TABLE parcels (width int NOT NULL, height int)",
        "CREATE INDEX users_name ON users (lower(name) text_pattern_ops DESC NULLS LAST, id) INCLUDE (note) WHERE n > 0",
        "CREATE UNIQUE INDEX users_nick_n ON users (nick, n)",
        "CREATE STATISTICS users_stats (ndistinct, dependencies) ON n, city FROM users",
        "ALTER TABLE users CLUSTER ON users_nick_n",
        "ALTER TABLE users ALTER COLUMN n SET STATISTICS 77",
        "COMMENT ON COLUMN users.name IS 'what we call them'",
        "COMMENT ON CONSTRAINT users_pkey ON users IS 'the key'",
        "COMMENT ON INDEX users_name IS 'for the search'",
        "COMMENT ON CONSTRAINT name_is_short ON users IS 'short'",
        "INSERT INTO teams SELECT g, 'team ' || g FROM generate_series(1, 5) g",
        """
        INSERT INTO users (name, nick, lat, n, team, street, city, note)
        SELECT 'First' || g || ' Last' || g, CASE WHEN g % 3 > 0 THEN 'nick' || g END, (g / 10.0)::float8::text,
               g, g % 5 + 1, 'Street ' || g, 'City ' || g % 7, repeat('x', g % 50)
          FROM generate_series(1, 400) g
        """
    };

    private Samples() {}

    static final Migration RENAME =
            Rig.migration("0001_rename", "- renameColumn: { table: users, column: name, to: full_name }\n");
    static final Migration RENAME_UNIQUE =
            Rig.migration("0002_rename_unique", "- renameColumn: { table: users, column: nick, to: handle }\n");
    static final Migration RETYPE = Rig.migration(
            "0003_retype",
            "- changeType: { table: users, column: lat, type: double precision, to: latitude, down: 'latitude::text' }\n");
    static final Migration RETYPE_IN_PLACE = Rig.migration(
            "0004_retype_in_place",
            """
            - changeType: { table: users, column: n, type: bigint }
            """);
    static final Migration RETYPE_KEY =
            Rig.migration("0005_retype_key", "- changeType: { table: users, column: id, type: bigint }\n");
    static final Migration RETYPE_IDENTITY =
            Rig.migration("0015_retype_identity", "- changeType: { table: orders, column: id, type: bigint }\n");
    static final Migration RENAME_IDENTITY =
            Rig.migration("0016_rename_identity", "- renameColumn: { table: orders, column: id, to: number }\n");
    static final Migration ADD_IDENTITY = Rig.migration(
            "0017_add_identity",
            """
            - addColumn: { table: users, column: number, type: bigint, identity: always, comment: "counts" }
            - addColumn: { table: users, column: place, type: int, identity: by default }
            - addColumn: { table: orders, column: number, type: int, identity: by default }
            - createIndex: { table: users, name: users_by_number, columns: [ number ], unique: true }
            """);
    static final Migration ADD_GENERATED = Rig.migration(
            "0018_add_generated",
            """
            - addColumn: { table: parcels, column: area, type: bigint, generated: width * height, comment: "in mm²" }
            - addColumn: { table: parcels, column: wide, type: boolean, generated: width > 100, nullable: false }
            """);
    static final Migration SPLIT = Rig.migration(
            "0006_split",
            """
            - splitColumn:
                table: users
                column: note
                into:
                  - { column: note_head, type: text, up: "left(note, 10)" }
                  - { column: note_tail, type: text, up: "substr(note, 11)" }
                down: "note_head || coalesce(note_tail, '')"
            """);
    static final Migration MERGE = Rig.migration(
            "0007_merge",
            """
            - mergeColumns:
                table: users
                columns:
                  - { column: street, down: "split_part(address, ', ', 1)" }
                  - { column: city, down: "split_part(address, ', ', 2)" }
                into: { column: address, type: text, up: "street || ', ' || city" }
            """);
    static final Migration ADD = Rig.migration(
            "0008_add",
            """
            - addColumn: { table: users, column: active, type: boolean, nullable: false, default: true, comment: "on?" }
            - addColumn: { table: users, column: shout, type: text, up: "upper(name)", nullable: false }
            - addColumn: { table: users, column: token, type: uuid, default: gen_random_uuid(), nullable: false }
            """);
    static final Migration DROP =
            Rig.migration("0009_drop", "- dropColumn: { table: users, column: note, down: \"'from ' || name\" }\n");
    static final Migration NOT_NULL = Rig.migration(
            "0010_not_null", "- setNotNull: { table: users, column: nick, fill: \"'nick of ' || id\" }\n");
    static final Migration INDEX = Rig.migration(
            "0011_index",
            """
            - createIndex:
                table: users
                name: users_by_city
                columns: [ city, { expression: "lower(street)", order: desc, nulls: last } ]
                include: [ n ]
                where: n > 0
            """);
    static final Migration FOREIGN_KEY = Rig.migration(
            "0012_foreign_key",
            """
            - addForeignKey:
                table: users
                name: users_n_team
                columns: [ team ]
                references: { table: teams, columns: [ id ] }
                onDelete: cascade
            """);
    static final Migration SQL = Rig.migration(
            "0013_sql",
            """
            - sql:
                expand: "CREATE TABLE audit (id int); CREATE INDEX ON audit (id)"
                contract: "ALTER TABLE audit ADD COLUMN at timestamptz"
                rollback: "DROP TABLE IF EXISTS audit"
            """);
    static final Migration SEVERAL = Rig.migration(
            "0014_several",
            """
            - renameColumn: { table: users, column: name, to: full_name }
            - changeType: { table: users, column: lat, type: double precision, to: latitude, down: 'latitude::text' }
            - changeType: { table: users, column: id, type: bigint }
            - createIndex: { table: users, name: users_by_city, columns: [ city ] }
            """);
    static final Migration NAMED = Rig.migration(
            "0019_index_and_key_on_new_columns",
            """
            - addForeignKey: { table: users, name: users_in, columns: [ team ], references: { table: teams, columns: [ id ] } }
            - createIndex: { table: users, name: users_by_team, columns: [ team, city ], unique: false, where: team > n }
            - changeType: { table: users, column: team, type: bigint }
            - addColumn: { table: users, column: second, type: int, up: length(city) - 5 }
            - addForeignKey: { table: users, name: users_second, columns: [ second ], references: { table: teams, columns: [ id ] } }
            - createIndex: { table: users, name: users_by_second, columns: [ second ] }
            - createIndex: { table: users, name: users_by_city, columns: [ city ] }
            """);

    /** Each operation once. */
    static final Migration EVERY_OPERATION = Rig.migration(
            "0019_every_operation",
            """
            - renameColumn: { table: users, column: name, to: full_name }
            - changeType: { table: users, column: n, type: bigint }
            - splitColumn:
                table: users
                column: note
                into:
                  - { column: note_head, type: text, up: "left(note, 10)" }
                  - { column: note_tail, type: text, up: "substr(note, 11)" }
                down: "note_head || coalesce(note_tail, '')"
            - mergeColumns:
                table: users
                columns:
                  - { column: street, down: "split_part(address, ', ', 1)" }
                  - { column: city, down: "split_part(address, ', ', 2)" }
                into: { column: address, type: text, up: "street || ', ' || city" }
            - setNotNull: { table: users, column: nick, fill: "'nick of ' || id" }
            - addColumn: { table: users, column: shout, type: text, up: "upper(name)", nullable: false }
            - dropColumn: { table: orders, column: note, down: "'order'" }
            - createIndex: { table: users, name: users_by_team, columns: [ team, full_name ] }
            - addForeignKey:
                { table: users, name: users_n_team, columns: [ team ], references: { table: teams, columns: [ id ] } }
            - sql: { expand: "CREATE TABLE audit (id int)", rollback: "DROP TABLE IF EXISTS audit" }
            """);

    static final List<Migration> ALL = List.of(
            RENAME,
            RENAME_UNIQUE,
            RETYPE,
            RETYPE_IN_PLACE,
            RETYPE_KEY,
            SPLIT,
            MERGE,
            ADD,
            DROP,
            NOT_NULL,
            INDEX,
            FOREIGN_KEY,
            SQL,
            SEVERAL,
            RETYPE_IDENTITY,
            RENAME_IDENTITY,
            ADD_IDENTITY,
            ADD_GENERATED,
            NAMED);

    /** All of them, for tests that take one each. */
    static Stream<Arguments> named() {
        return ALL.stream().map(migration -> Arguments.of(Named.of(migration.id(), migration)));
    }

    /** Every tenth of them; all of them in the thorough variant. */
    static Stream<Arguments> someNamed() {
        AtomicInteger place = new AtomicInteger();
        return named().filter(sample -> Mishap.THOROUGH || place.getAndIncrement() % 10 == 0);
    }
}
