package dev.migrator.pg.internal.release;

import java.sql.SQLException;

/** A connection that knows of which migrations its transaction uses the new shape. */
public interface ShapedConnection {
    /** Whether the transaction under way uses the new shape of a migration of which the instance bears both; begins one. */
    boolean usesNew(String migration) throws SQLException;
}
