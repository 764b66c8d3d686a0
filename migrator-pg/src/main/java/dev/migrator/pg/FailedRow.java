package dev.migrator.pg;

/**
 * A row that a backfill could not fill.
 *
 * @param key its primary key as text, or its place in the table
 * @param sqlState the server's error code
 * @param message what the server said
 */
public record FailedRow(String key, String sqlState, String message) {}
