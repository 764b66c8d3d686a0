package dev.migrator.pg.internal.catalog;

/**
 * Something outside of the table's own indexes and constraints that depends on one of its columns.
 *
 * @param column the column's number
 * @param description {@code pg_describe_object}: what it is, e.g. {@code view public.active_users}
 */
public record Dependent(int column, String description) {}
