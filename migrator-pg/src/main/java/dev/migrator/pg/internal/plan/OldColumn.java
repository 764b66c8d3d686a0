package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.pg.internal.catalog.ColumnInfo;
import dev.migrator.pg.internal.expression.Expression;

/**
 * A column of the old shape.
 *
 * @param info the column as it is
 * @param down its value, computed from the new shape
 * @param retired its name from CONTRACT to PURGE
 * @param defaultTakenOver whether the sync trigger gives its default between EXPAND and CONTRACT, and so knows whether a
 *     statement gave a value; otherwise the default stays in its place
 * @param staysNotNull whether it can refuse NULL until PURGE: only if {@code down} can't fail
 */
record OldColumn(ColumnInfo info, Expression down, Identifier retired, boolean defaultTakenOver, boolean staysNotNull) {
    Identifier name() {
        return info.name();
    }
}
