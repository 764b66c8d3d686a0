package dev.migrator.plan;

import dev.migrator.QualifiedName;

/**
 * A lock that a step takes on a table.
 *
 * @param table the table
 * @param mode the strongest mode that the step takes on it
 */
public record TableLock(QualifiedName table, LockMode mode) {
    @Override
    public String toString() {
        return mode.sql() + " on " + table.quoted();
    }
}
