package dev.migrator.test;

import dev.migrator.QualifiedName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Stores the rows of a table anew by some of its columns.
 *
 * @param table the table, as SQL writes it
 * @param columns the columns, as SQL writes them
 */
record Rewriting(String table, List<String> columns) {

    /** By the columns that a table has in another database, except those that are generated. */
    static Rewriting of(QualifiedName table, TestDatabase shape) {
        List<String> columns = shape.queryStrings(
                """
                SELECT attname FROM pg_catalog.pg_attribute
                 WHERE attrelid = ?::pg_catalog.regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
                 ORDER BY attnum
                """,
                table.quoted());
        return new Rewriting(table.quoted(), columns.stream().map(Sql::quote).toList());
    }

    void in(TestDatabase database) {
        String list = String.join(", ", columns);
        try (Connection connection = database.connectAsSuperuser()) {
            Sql.execute(
                    connection,
                    "BEGIN",
                    "CREATE TEMPORARY TABLE kept ON COMMIT DROP AS SELECT %s FROM %s".formatted(list, table),
                    // Without triggers, those of foreign keys and of the migrator included: nothing has happened to a
                    // row that
                    // is there again in the end.
                    "SET LOCAL session_replication_role = replica",
                    "DELETE FROM " + table,
                    "SET LOCAL session_replication_role = origin",
                    "INSERT INTO %1$s (%2$s) OVERRIDING SYSTEM VALUE SELECT %2$s FROM kept".formatted(table, list),
                    "COMMIT");
        } catch (SQLException e) {
            throw new SqlFailure("storing the rows of " + table + " anew", e);
        }
    }
}
