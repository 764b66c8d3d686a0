package dev.migrator.engine;

/**
 * The right to change one migration's state. The token only ever grows; whoever holds an older one can commit nothing.
 *
 * @param migration the migration's id
 * @param token the fencing token
 * @param owner who holds it, for people: {@code host/pid/uuid}
 */
public record Lease(String migration, long token, String owner) {}
