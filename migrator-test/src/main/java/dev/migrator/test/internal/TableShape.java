package dev.migrator.test.internal;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * What has to be known of a table to make rows for it.
 *
 * @param name its name, as SQL writes it
 * @param plainName its name without the schema, as the catalogs have it
 * @param columns its columns
 * @param references its foreign keys
 */
public record TableShape(String name, String plainName, List<Column> columns, List<Reference> references) {

    /**
     * A column.
     *
     * @param name its name, as SQL writes it
     * @param plainName its name, as the catalogs have it
     * @param type its type, as SQL writes it
     * @param base the name of the type beneath domains, or of an array's element
     * @param array whether it is an array
     * @param length the most characters, 0 for any number
     * @param wholeDigits the most digits before the point of a {@code numeric}, {@link #ANY_DIGITS} for any number
     * @param nullable whether it may be NULL
     * @param defaulted whether something is put in where nothing is given
     * @param given whether a value may be given
     * @param unique whether it is part of a unique key
     * @param labels the labels of an enum
     */
    public record Column(
            String name,
            String plainName,
            String type,
            String base,
            boolean array,
            int length,
            int wholeDigits,
            boolean nullable,
            boolean defaulted,
            boolean given,
            boolean unique,
            List<String> labels) {}

    /**
     * A foreign key.
     *
     * @param columns the columns, as the catalogs have their names
     * @param table the table that it refers to, as SQL writes it
     * @param keys the columns there, as SQL writes them
     */
    public record Reference(List<String> columns, String table, List<String> keys) {}

    /** More digits than a value ever gets. */
    public static final int ANY_DIGITS = 1000;

    private static final String COLUMNS =
            """
            WITH RECURSIVE base AS (
                SELECT a.attnum, t.oid, t.typtype, t.typbasetype, t.typtypmod, a.atttypmod AS modifier, t.typnotnull
                  FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
                 WHERE a.attrelid = ?::pg_catalog.regclass AND a.attnum > 0 AND NOT a.attisdropped
                UNION ALL
                SELECT b.attnum, t.oid, t.typtype, t.typbasetype, t.typtypmod, b.typtypmod, b.typnotnull OR t.typnotnull
                  FROM base b JOIN pg_catalog.pg_type t ON t.oid = b.typbasetype WHERE b.typtype = 'd')
            SELECT pg_catalog.quote_ident(a.attname), a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod),
                   CASE WHEN t.typcategory = 'A' THEN e.typname ELSE t.typname END, t.typcategory = 'A',
                   CASE WHEN b.modifier > 4 AND COALESCE(e.typname, t.typname) IN ('varchar', 'bpchar') THEN b.modifier - 4 ELSE 0 END,
                   CASE WHEN b.modifier > 4 AND COALESCE(e.typname, t.typname) = 'numeric'
                        THEN ((b.modifier - 4) >> 16 & 65535) - ((b.modifier - 4 & 2047) # 1024) + 1024 ELSE 1000 END,
                   NOT (a.attnotnull OR b.typnotnull), a.atthasdef OR a.attidentity <> '', a.attgenerated = '' AND a.attidentity <> 'a',
                   EXISTS (SELECT FROM pg_catalog.pg_index i
                            WHERE i.indrelid = a.attrelid AND i.indisunique AND a.attnum = ANY (i.indkey::pg_catalog.int2[])),
                   ARRAY(SELECT l.enumlabel::pg_catalog.text FROM pg_catalog.pg_enum l
                          WHERE l.enumtypid IN (t.oid, e.oid) ORDER BY l.enumsortorder)
              FROM base b
              JOIN pg_catalog.pg_attribute a ON a.attrelid = ?::pg_catalog.regclass AND a.attnum = b.attnum
              JOIN pg_catalog.pg_type t ON t.oid = b.oid
              LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
             WHERE b.typtype <> 'd'
             ORDER BY a.attnum
            """;

    private static final String REFERENCES =
            """
            SELECT ARRAY(SELECT a.attname::pg_catalog.text FROM pg_catalog.unnest(k.conkey) WITH ORDINALITY n (number, place)
                         JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = n.number ORDER BY n.place),
                   k.confrelid::pg_catalog.regclass::pg_catalog.text,
                   ARRAY(SELECT pg_catalog.quote_ident(a.attname)
                           FROM pg_catalog.unnest(k.confkey) WITH ORDINALITY n (number, place)
                           JOIN pg_catalog.pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = n.number ORDER BY n.place)
              FROM pg_catalog.pg_constraint k
             WHERE k.conrelid = ?::pg_catalog.regclass AND k.contype = 'f'
             ORDER BY k.oid
            """;

    /** Reads it from the catalogs. */
    public static TableShape read(Connection connection, String table) throws SQLException {
        List<Column> columns = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
            statement.setString(1, table);
            statement.setString(2, table);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    columns.add(new Column(
                            row.getString(1),
                            row.getString(2),
                            row.getString(3),
                            row.getString(4),
                            row.getBoolean(5),
                            row.getInt(6),
                            row.getInt(7),
                            row.getBoolean(8),
                            row.getBoolean(9),
                            row.getBoolean(10),
                            row.getBoolean(11),
                            texts(row.getArray(12))));
                }
            }
        }
        List<Reference> references = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(REFERENCES)) {
            statement.setString(1, table);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    references.add(new Reference(texts(row.getArray(1)), row.getString(2), texts(row.getArray(3))));
                }
            }
        }
        return new TableShape(table, plainName(connection, table), columns, references);
    }

    private static String plainName(Connection connection, String table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT relname FROM pg_catalog.pg_class WHERE oid = ?::pg_catalog.regclass")) {
            statement.setString(1, table);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getString(1);
            }
        }
    }

    private static List<String> texts(Array array) throws SQLException {
        return List.of((String[]) Objects.requireNonNull(array).getArray());
    }

    /** The tables that it refers to. */
    public Set<String> referenced() {
        Set<String> tables = new LinkedHashSet<>();
        references.forEach(reference -> tables.add(reference.table()));
        return tables;
    }
}
