package dev.migrator.test;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** Makes the state tables older than they are. */
final class PassedTime {

    /** The history's records hold the sums of those before them, so they stay. */
    private static final String COLUMNS =
            """
            SELECT c.oid::pg_catalog.regclass::pg_catalog.text, pg_catalog.quote_ident(a.attname)
              FROM pg_catalog.pg_class c
              JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
              JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
             WHERE n.nspname = ? AND c.relkind = 'r' AND a.atttypid = 'pg_catalog.timestamptz'::pg_catalog.regtype
               AND a.attgenerated = '' AND c.relname NOT LIKE 'phase\\_event%'
             ORDER BY 1, 2
            """;

    private PassedTime() {}

    static void in(TestDatabase database, String stateSchema, Duration time) {
        try (Connection connection = database.connectAsSuperuser()) {
            // Without the triggers, to which an update is news.
            Sql.execute(connection, "SET session_replication_role = replica");
            connection.setAutoCommit(false);
            List<List<String>> columns = Sql.queryRows(connection, COLUMNS, stateSchema);
            for (List<String> column : columns) {
                // Infinity has no age.
                Sql.execute(
                        connection,
                        "UPDATE %1$s SET %2$s = %2$s - interval '%3$d milliseconds' WHERE pg_catalog.isfinite(%2$s)"
                                .formatted(column.get(0), column.get(1), time.toMillis()));
            }
            connection.commit();
        } catch (SQLException e) {
            throw new SqlFailure("letting " + time + " pass in " + database, e);
        }
    }
}
