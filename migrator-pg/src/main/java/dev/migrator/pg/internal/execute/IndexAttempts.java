package dev.migrator.pg.internal.execute;

import dev.migrator.Identifier;
import dev.migrator.QualifiedName;
import dev.migrator.engine.Lease;
import dev.migrator.pg.internal.sql.Literal;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.state.StateSql;
import dev.migrator.pg.internal.transact.Failures;
import dev.migrator.pg.internal.transact.Task;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The names under which an index is built and dropped, one for each token, and what the records and the catalog say of them.
 * A name with a token belongs to that token's engine alone: however late one of its statements arrives, it can't hit anything
 * of another token, nor the index under its published name.
 */
final class IndexAttempts {
    private final StateSql sql;
    private final QualifiedName table;
    private final Identifier index;
    private final String base;
    private final Lease lease;

    IndexAttempts(StateSql sql, Lease lease, QualifiedName table, Identifier index) {
        this.sql = sql;
        this.table = table;
        this.index = index;
        this.lease = lease;
        String key = lease.migration()
                + '\0'
                + table.schema().value()
                + '\0'
                + table.name().value()
                + '\0'
                + index.value();
        this.base = "mg_" + hash(key) + "_";
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 4);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /**
     * An index that exists.
     *
     * @param name its name
     * @param complete whether it is valid, ready and live
     * @param definition what it was built from; empty if it was set aside to be dropped
     * @param droppable whether it is a plain index of a table and no constraint stands on it
     */
    record Found(Identifier name, boolean complete, String definition, boolean droppable) {

        static Found of(Row row) {
            return new Found(
                    Identifier.of(row.text("name")),
                    row.isTrue("complete"),
                    row.text("definition"),
                    row.isTrue("droppable"));
        }
    }

    /** The table of the index. */
    QualifiedName table() {
        return table;
    }

    /** The name under which this token's engine builds the index. */
    Identifier buildName() {
        return Identifier.of(base + lease.token());
    }

    /** The name to which this token's engine renames the index before it drops it. */
    Identifier dropName() {
        return Identifier.of(base + lease.token() + "d");
    }

    /** An index of this table's schema, as SQL. */
    String quoted(Identifier name) {
        return new QualifiedName(table.schema(), name).quoted();
    }

    /** Statements that record a name before anything bears it. */
    List<String> record(Identifier name, String definition) {
        String artifact = sql.table("artifact").quoted();
        String isIt = sql.isOf(lease.migration()) + " AND kind = 'INDEX' AND name = " + Literal.text(name.value());
        return List.of(
                "UPDATE " + artifact + " SET removed_at = NULL WHERE " + isIt,
                """
                INSERT INTO %s
                    (target, migration, number, kind, table_schema, table_name, name, helper, definition, made_at)
                SELECT %s, COALESCE(pg_catalog.max(number), 0) + 1, 'INDEX', %s, %s, %s, true, %s,
                    pg_catalog.clock_timestamp()
                FROM %s WHERE %s
                HAVING NOT EXISTS (SELECT FROM %s WHERE %s)"""
                        .formatted(
                                artifact,
                                sql.key(lease),
                                Literal.text(table.schema().value()),
                                Literal.text(table.name().value()),
                                Literal.text(name.value()),
                                Literal.text(definition),
                                artifact,
                                sql.isOf(lease.migration()),
                                artifact,
                                isIt));
    }

    /** The statement that records that nothing bears a name any more. */
    String gone(Identifier name) {
        return "UPDATE " + sql.table("artifact").quoted() + " SET removed_at = pg_catalog.clock_timestamp() WHERE "
                + sql.isOf(lease.migration()) + " AND kind = 'INDEX' AND name = " + Literal.text(name.value());
    }

    /** The statement that records that nothing bears any of the names any more, whatever token they carry. */
    String allGone() {
        return "UPDATE " + sql.table("artifact").quoted() + " SET removed_at = pg_catalog.clock_timestamp() WHERE "
                + sql.isOf(lease.migration()) + " AND kind = 'INDEX' AND removed_at IS NULL AND name ~ "
                + Literal.text(pattern());
    }

    /** The statement that records when what bore a name got its own. */
    String published(Identifier name) {
        return "UPDATE " + sql.table("artifact").quoted() + " SET published_at = pg_catalog.clock_timestamp() WHERE "
                + sql.isOf(lease.migration()) + " AND kind = 'INDEX' AND name = " + Literal.text(name.value());
    }

    private String pattern() {
        return "^" + base + "[0-9]+d?$";
    }

    /**
     * What there is of an index.
     *
     * @param status the step's status
     * @param attempts indexes of any token that are on record for this one
     * @param published the one under the published name, whoever made it
     */
    record Seen(String status, List<Found> attempts, Optional<Found> published) {
        static Seen of(List<Row> rows) {
            if (rows.isEmpty()) {
                throw Failures.permanent("", "the step is not on record. Nothing was done.");
            }
            List<Found> attempts = new ArrayList<>();
            Optional<Found> published = Optional.empty();
            for (Row row : rows) {
                if (row.isTrue("published")) {
                    published = Optional.of(Found.of(row));
                } else if (row.optionalText("name").isPresent()) {
                    attempts.add(Found.of(row));
                }
            }
            return new Seen(rows.get(0).text("status"), List.copyOf(attempts), published);
        }
    }

    /** The query for {@link Seen}. */
    String look(Task task) {
        return """
                SELECT s.status, i.*
                FROM %s AS s
                LEFT JOIN (
                    SELECT c.relname::pg_catalog.text AS name, COALESCE(a.definition, '') AS definition,
                        a.name IS NULL AS published, x.indisvalid AND x.indisready AND x.indislive AS complete,
                        c.relkind = 'i' AND x.indexrelid IS NOT NULL AND NOT EXISTS (
                            SELECT FROM pg_catalog.pg_constraint AS k
                            WHERE k.conindid = c.oid AND k.contype IN ('p', 'u', 'x')) AS droppable
                    FROM pg_catalog.pg_class AS c
                    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname = %s
                    LEFT JOIN pg_catalog.pg_index AS x
                        ON x.indexrelid = c.oid AND x.indrelid = pg_catalog.to_regclass(%s)
                    LEFT JOIN (
                        SELECT name, definition FROM %s WHERE %s AND kind = 'INDEX' AND name ~ %s
                    ) AS a ON a.name = c.relname::pg_catalog.text
                    WHERE c.relname = %s OR a.name IS NOT NULL AND x.indexrelid IS NOT NULL
                ) AS i ON true
                WHERE %s
                ORDER BY i.name"""
                .formatted(
                        sql.table("step").quoted(),
                        Literal.text(table.schema().value()),
                        Literal.text(table.quoted()),
                        sql.table("artifact").quoted(),
                        sql.isOf(lease.migration()),
                        Literal.text(pattern()),
                        Literal.text(index.value()),
                        task.isMine(sql));
    }
}
