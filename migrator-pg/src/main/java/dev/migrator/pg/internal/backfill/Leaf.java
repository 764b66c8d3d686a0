package dev.migrator.pg.internal.backfill;

import dev.migrator.Identifier;
import dev.migrator.QualifiedName;
import dev.migrator.pg.internal.sql.Literal;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.Session;
import java.util.List;

/**
 * A table that has a file of its own: the table itself, or one of its partitions.
 *
 * @param oid the relation
 * @param filenode its file
 * @param name its name
 * @param blocks how many blocks the file has now
 * @param key the columns of its primary key; empty if it has none
 * @param referable the columns of all keys that foreign keys can refer to: who changes one waits for those who just do so
 */
public record Leaf(
        long oid, long filenode, QualifiedName name, long blocks, List<Identifier> key, List<Identifier> referable) {

    /** Copies the lists. */
    public Leaf {
        key = List.copyOf(key);
        referable = List.copyOf(referable);
    }

    /** The table, or its partitions. */
    public static List<Leaf> of(Session session, QualifiedName table) {
        return session.query(query(table)).stream()
                .map(row -> new Leaf(
                        row.number("oid"),
                        row.number("filenode"),
                        QualifiedName.of(row.text("schema"), row.text("name")),
                        row.number("blocks"),
                        columns(row, "key"),
                        columns(row, "referable")))
                .toList();
    }

    private static List<Identifier> columns(Row row, String name) {
        return row.texts(name).stream().map(Identifier::of).toList();
    }

    /** The query for the table's leaves, in the order of their oids. */
    public static String query(QualifiedName table) {
        return """
                WITH RECURSIVE tree AS (
                    SELECT pg_catalog.to_regclass(%s)::pg_catalog.oid AS relation
                    UNION
                    SELECT i.inhrelid FROM tree AS t JOIN pg_catalog.pg_inherits AS i ON i.inhparent = t.relation
                )
                SELECT c.oid::pg_catalog.int8 AS oid, pg_catalog.pg_relation_filenode(c.oid)::pg_catalog.int8 AS filenode,
                    n.nspname::pg_catalog.text AS schema, c.relname::pg_catalog.text AS name,
                    pg_catalog.pg_relation_size(c.oid)
                        / pg_catalog.current_setting('block_size')::pg_catalog.int8 AS blocks,
                    ARRAY(SELECT a.attname::pg_catalog.text
                          FROM pg_catalog.pg_index AS x
                          CROSS JOIN LATERAL pg_catalog.unnest(x.indkey::pg_catalog.int2[])
                              WITH ORDINALITY AS k(attnum, place)
                          JOIN pg_catalog.pg_attribute AS a ON a.attrelid = x.indrelid AND a.attnum = k.attnum
                          WHERE x.indrelid = c.oid AND x.indisprimary AND k.place <= x.indnkeyatts
                          ORDER BY k.place) AS key,
                    ARRAY(SELECT a.attname::pg_catalog.text
                          FROM pg_catalog.pg_attribute AS a
                          WHERE a.attrelid = c.oid AND EXISTS (
                              SELECT FROM pg_catalog.pg_index AS x
                              WHERE x.indrelid = c.oid AND x.indisunique AND x.indexprs IS NULL AND x.indpred IS NULL
                                  AND a.attnum = ANY (x.indkey::pg_catalog.int2[]))) AS referable
                FROM tree AS t
                JOIN pg_catalog.pg_class AS c ON c.oid = t.relation AND c.relkind = 'r'
                JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
                ORDER BY c.oid"""
                .formatted(Literal.text(table.quoted()));
    }

    /** The statement that keeps the file from being exchanged, and lets reads and writes go on. */
    public String lock(String mode) {
        return "LOCK TABLE ONLY " + name.quoted() + " IN " + mode + " MODE";
    }
}
