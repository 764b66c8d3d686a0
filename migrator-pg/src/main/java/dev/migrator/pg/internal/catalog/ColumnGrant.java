package dev.migrator.pg.internal.catalog;

/**
 * A privilege on a column.
 *
 * @param privilege {@code SELECT}, {@code INSERT}, {@code UPDATE} or {@code REFERENCES}
 * @param grantee the role as SQL: quoted, or {@code PUBLIC}
 * @param grantable whether the role may pass it on
 */
public record ColumnGrant(String privilege, String grantee, boolean grantable) {}
