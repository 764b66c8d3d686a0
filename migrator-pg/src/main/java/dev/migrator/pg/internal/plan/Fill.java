package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.pg.internal.expression.Expression;

/**
 * A value that the sync trigger gives to a column that a release left NULL.
 *
 * @param path the operation, as a key path
 * @param column the column
 * @param value the value
 * @param retired the column's name from CONTRACT to PURGE; the column's own if it stays
 * @param onUpdateToo whether an UPDATE that leaves the column NULL is filled as well
 */
record Fill(String path, Identifier column, Expression value, Identifier retired, boolean onUpdateToo) {
    boolean retires() {
        return !retired.equals(column);
    }
}
