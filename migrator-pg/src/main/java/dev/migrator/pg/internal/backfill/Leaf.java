package dev.migrator.pg.internal.backfill;

import dev.migrator.Identifier;
import dev.migrator.QualifiedName;
import dev.migrator.pg.internal.sql.Literal;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.sql.SqlErrors;
import dev.migrator.pg.internal.transact.Failures;
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

    /**
     * The table, or its partitions.
     *
     * @throws dev.migrator.engine.StepFailure if there is no table of that name: none of its rows would be looked at, which proves nothing
     */
    public static List<Leaf> of(Session session, QualifiedName table) {
        // In one query: a table that comes back between two would seem to have no rows.
        List<Row> rows =
                session.query("SELECT EXISTS (SELECT FROM pg_catalog.pg_class AS c WHERE c.relkind IN ('r', 'p')"
                        + " AND c.oid = pg_catalog.to_regclass(" + Literal.text(table.quoted())
                        + ")::pg_catalog.oid) AS present,"
                        + " l.* FROM (SELECT 1) AS one LEFT JOIN (" + query(table) + ") AS l ON true ORDER BY l.oid");
        if (!rows.get(0).isTrue("present")) {
            throw Failures.permanent(
                    SqlErrors.UNDEFINED_TABLE,
                    "table " + table
                            + " is not there any more under this name: it was renamed, moved to another schema or"
                            + " dropped while the migration is under way. Its rows were not looked at to the end, so the step"
                            + " is not done; what is done stays so. Give the table its name back (ALTER TABLE … RENAME TO "
                            + table.name().quoted() + "), then run it again: it goes on where it stopped.");
        }
        return rows.stream()
                .filter(row -> row.optionalText("oid").isPresent())
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
