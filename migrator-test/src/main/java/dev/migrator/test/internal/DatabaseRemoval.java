package dev.migrator.test.internal;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Takes away what {@code DROP DATABASE … WITH (FORCE)} refuses to drop: the list in the manual's page of that command. */
public final class DatabaseRemoval {

    private static final String STATEMENTS =
            """
            SELECT format('ROLLBACK PREPARED %L', gid) FROM pg_prepared_xacts WHERE database = current_database()
            UNION ALL
            SELECT format('ALTER SUBSCRIPTION %I DISABLE; ALTER SUBSCRIPTION %I SET (slot_name = NONE); DROP SUBSCRIPTION %I',
                          subname, subname, subname)
            FROM pg_subscription
            WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
            UNION ALL
            SELECT format('SELECT pg_terminate_backend(%s, 10000)', active_pid) FROM pg_replication_slots
            WHERE database = current_database() AND active_pid IS NOT NULL
            """;

    private DatabaseRemoval() {}

    /**
     * Rolls back prepared transactions, drops subscriptions without asking their publishers, ends the senders of slots.
     *
     * @param superuser a connection to the database that is about to be dropped, in autocommit mode
     */
    public static void clear(Connection superuser) throws SQLException {
        try (Statement statement = superuser.createStatement()) {
            List<String> statements = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery(STATEMENTS)) {
                while (rows.next()) {
                    statements.add(rows.getString(1));
                }
            }
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
