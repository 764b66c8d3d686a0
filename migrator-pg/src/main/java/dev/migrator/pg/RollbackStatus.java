package dev.migrator.pg;

/**
 * Whether a migration can be rolled back, and how.
 *
 * @param possible whether there is a way back
 * @param how {@code instant} if no table is scanned on it, {@code scan} if a table is read under a lock that stops nobody,
 *     {@code impossible}
 * @param reason why, for people
 */
public record RollbackStatus(boolean possible, String how, String reason) {}
