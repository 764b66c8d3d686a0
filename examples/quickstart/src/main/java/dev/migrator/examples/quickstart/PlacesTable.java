package dev.migrator.examples.quickstart;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** The application's one table. */
final class PlacesTable {

    private static final String CREATE =
            """
            CREATE TABLE places (
                id         bigint      PRIMARY KEY,
                name       text        NOT NULL CHECK (name <> ''),
                country    text        NOT NULL,
                admin1     text        NOT NULL,
                lat        text        NOT NULL,
                lng        text        NOT NULL,
                version    integer     NOT NULL DEFAULT 0,
                updated_at timestamptz NOT NULL DEFAULT now()
            );
            COMMENT ON COLUMN places.name IS 'the name as people there write it';

            CREATE FUNCTION note_the_time() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN NEW.updated_at := clock_timestamp(); RETURN NEW; END';
            CREATE TRIGGER note_the_time BEFORE UPDATE OF version ON places
                FOR EACH ROW EXECUTE FUNCTION note_the_time();
            """;

    private static final String COPY =
            """
            COPY places (id, name, country, admin1, lat, lng) FROM STDIN (FORMAT csv, FORCE_NOT_NULL (admin1))
            """;

    private static final String INDEXES =
            """
            CREATE INDEX places_name ON places (name);
            CREATE INDEX places_updated_at ON places (updated_at);
            """;

    /** Columns, indexes, constraints and triggers, in the server's own words. */
    private static final String DEFINITION =
            """
            SELECT string_agg(line, E'\\n' ORDER BY kind, place, line)
            FROM (
                SELECT 1 AS kind, attnum AS place,
                       concat_ws(' ', attname, format_type(atttypid, atttypmod), attnotnull,
                                 col_description(attrelid, attnum), pg_get_expr(adbin, adrelid)) AS line
                FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
                WHERE attrelid = 'places'::regclass AND attnum > 0 AND NOT attisdropped
                UNION ALL
                SELECT 2, 0, pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = 'places'::regclass
                UNION ALL
                SELECT 3, 0, concat_ws(' ', conname, pg_get_constraintdef(oid), convalidated)
                FROM pg_constraint WHERE conrelid = 'places'::regclass
                UNION ALL
                SELECT 4, 0, pg_get_triggerdef(oid) FROM pg_trigger
                WHERE tgrelid = 'places'::regclass AND NOT tgisinternal
            ) AS lines
            """;

    private static final int ROWS_A_PACKET = 1000;

    private final DataSource database;

    PlacesTable(DataSource database) {
        this.database = database;
    }

    /** Makes the table and fills it. */
    void create(Cities cities, long rows) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(CREATE);
            load(connection, cities, rows);
            statement.execute(INDEXES);
            statement.execute("VACUUM ANALYZE places");
        }
    }

    private static void load(Connection connection, Cities cities, long rows) throws SQLException {
        CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(COPY);
        try {
            StringBuilder packet = new StringBuilder();
            for (long id = 1; id <= rows; id++) {
                packet.append(cities.line(id)).append('\n');
                if (id % ROWS_A_PACKET == 0 || id == rows) {
                    byte[] bytes = packet.toString().getBytes(StandardCharsets.UTF_8);
                    copy.writeToCopy(bytes, 0, bytes.length);
                    packet.setLength(0);
                }
            }
            copy.endCopy();
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }

    /** Its size with its indexes, for people. */
    String size() throws SQLException {
        return one("SELECT pg_size_pretty(pg_total_relation_size('places'))");
    }

    /** Columns, indexes, constraints and triggers. */
    String definition() throws SQLException {
        return one(DEFINITION);
    }

    private String one(String sql) throws SQLException {
        try (Connection connection = database.getConnection()) {
            return Release.query(connection, sql, row -> row.getString(1)).orElseThrow();
        }
    }
}
