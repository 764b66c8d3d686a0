package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;

/**
 * The marker column: one integer a row that says how the row's two shapes came about.
 *
 * <p>0: pending, no release has written the row since EXPAND. Otherwise bit 0 is set, and two bits a mapping say: 0 the new
 * side was derived from the old one, 1 the old side was derived from the new one, 2 a statement gave both, 3 the derivation
 * failed. While a row is on its way through the triggers bit 0 is not set yet; the other bits are notes between them then:
 * bits 1–15 that a statement set a new column to NULL in so many words, bits 16–30 that the old side of a mapping was
 * derived before the table's own triggers ran. Bit 31 alone is what an INSERT begins with.
 *
 * <p>Constant default, so that adding it rewrites nothing; no index, which would take every HOT update (experiment 16).
 */
final class Marker {
    static final int MOST_MAPPINGS = 15;
    static final int MOST_NEW_COLUMNS = 15;
    static final int FROM_OLD = 0;
    static final int FROM_NEW = 1;
    static final int BOTH = 2;
    static final int FAILED = 3;

    private Marker() {}

    /** The bits for a mapping's state. */
    static int bits(int mapping, int state) {
        return state << (1 + 2 * mapping);
    }

    /** Whether a row is pending. */
    static String isPending(String marker) {
        return Sql.noBit(marker, 1);
    }

    /** Whether a row's mapping is in a state. */
    static String isIn(String marker, int mapping, int state) {
        return Sql.bitsAre(marker, bits(mapping, 3), bits(mapping, state));
    }

    /** Whether any of a row's mappings has failed. */
    static String anyFailed(String marker, int mappings) {
        StringBuilder condition = new StringBuilder();
        for (int i = 0; i < mappings; i++) {
            condition.append(i == 0 ? "" : " OR ").append(isIn(marker, i, FAILED));
        }
        return "(" + condition + ")";
    }

    /** The note that a statement set the n-th new column. */
    static int noteSet(int newColumn) {
        return 2 << newColumn;
    }

    /** The note that the old side of a mapping was derived already. */
    static int noteDerived(int mapping) {
        return 1 << (16 + mapping);
    }

    /** The marker's column definition, by which the rows that are there get 0. */
    static String definition(Identifier marker) {
        return marker.quoted() + " pg_catalog.int4 NOT NULL DEFAULT 0";
    }

    /** What an INSERT gives to it before any trigger: pending, too, but not 0. */
    static String inserted(Identifier marker) {
        return "ALTER COLUMN " + marker.quoted() + " SET DEFAULT '" + Integer.MIN_VALUE + "'";
    }
}
