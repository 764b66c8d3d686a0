package dev.migrator.pg.internal.estimate;

/**
 * A value that a backfill gives to each row.
 *
 * @param sql it, computed of a row
 * @param type its type
 * @param mayBeTried whether it may be computed of some rows; not if that changes something, or gives another value each time
 */
public record NewValue(String sql, String type, boolean mayBeTried) {}
