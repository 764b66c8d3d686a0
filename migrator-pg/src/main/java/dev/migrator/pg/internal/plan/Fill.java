package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.pg.internal.catalog.ColumnInfo;
import dev.migrator.pg.internal.expression.Expression;

/**
 * A value that the sync trigger gives to a column that a release left NULL.
 *
 * @param path the operation, as a key path
 * @param info the column
 * @param value the value
 * @param retired the column's name from CONTRACT to PURGE; the column's own if it stays
 * @param onUpdateToo whether an UPDATE that leaves the column NULL is filled as well
 */
record Fill(String path, ColumnInfo info, Expression value, Identifier retired, boolean onUpdateToo) {
    Identifier column() {
        return info.name();
    }

    boolean retires() {
        return !retired.equals(column());
    }

    /** Whether it accepts NULL from CONTRACT on, so that no write of the new release fails by it. */
    boolean losesNotNull(TableWork work) {
        return retires() && info.notNull() && !work.table().primaryKey().contains(column());
    }
}
