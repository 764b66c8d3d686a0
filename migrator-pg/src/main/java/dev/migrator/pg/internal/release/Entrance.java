package dev.migrator.pg.internal.release;

import dev.migrator.pg.internal.sql.SqlErrors;
import dev.migrator.pg.internal.state.StateSql;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Set;

/**
 * By which the transactions of an instance begin: the server says which shapes are theirs, or refuses them. It alone can: what a
 * process knows of its own lease is out of date when it has been paused.
 */
public final class Entrance {
    private final String statement;
    private final String target;
    private final String instance;
    private final Runnable refused;
    private volatile boolean closed;

    /**
     * An entrance.
     *
     * @param instance the instance's id
     * @param refused told when the server has refused a transaction, so that the instance registers again soon
     */
    public Entrance(StateSql sql, String instance, Runnable refused) {
        this.statement = "SELECT changed, unprepared, table_changes FROM "
                + sql.table("enter").quoted() + "(?, ?)";
        this.target = sql.target();
        this.instance = instance;
        this.refused = refused;
    }

    /** From now on nobody enters, and it is of no use to try again. */
    void close() {
        closed = true;
    }

    /** Begins a transaction; with SQLSTATE 40001 if the instance is not live, and then it is rolled back. */
    Entry enter(Connection connection) throws SQLException {
        if (closed) {
            throw new SQLException("Instance " + instance + " is closed; it begins no transaction any more.", "08003");
        }
        try (PreparedStatement enter = connection.prepareStatement(statement)) {
            enter.setString(1, target);
            enter.setString(2, instance);
            try (ResultSet row = enter.executeQuery()) {
                row.next();
                Array changed = row.getArray(1);
                return new Entry(Set.of((String[]) changed.getArray()), row.getBoolean(2), row.getLong(3));
            }
        } catch (SQLException e) {
            if (SqlErrors.SERIALIZATION.equals(e.getSQLState())) {
                refused.run();
            }
            leave(connection, e);
            throw e;
        }
    }

    /** Nothing of the transaction was done, so that whoever tries again need not end it first. */
    private static void leave(Connection connection, SQLException cause) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }
}
