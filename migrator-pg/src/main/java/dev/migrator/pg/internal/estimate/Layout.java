package dev.migrator.pg.internal.estimate;

import java.util.List;

/** How large a row is on its page, from the average sizes of its values. */
final class Layout {
    private static final int HEADER = 23;
    private static final int SHORT = 127;
    /** A value of this size or more is as a rule stored outside of the page, and a pointer to it on the page. */
    static final int LONG = 2000;

    static final int POINTER = 18;

    private Layout() {}

    /**
     * A column's values.
     *
     * @param length the type's length; negative if it varies
     * @param align bytes to whose multiples a value is aligned
     * @param average bytes of a value that is not NULL, as stored on the page
     * @param present the share of rows in which it is not NULL
     */
    record Values(int length, int align, double average, double present) {}

    /** Bytes of a row. */
    static double rowBytes(List<Values> columns) {
        boolean nulls = columns.stream().anyMatch(column -> column.present() < 1);
        double at = aligned(HEADER + (nulls ? Math.ceil(columns.size() / 8.0) : 0), 8);
        for (Values column : columns) {
            double size = column.length() > 0 ? column.length() : column.average();
            boolean packed = column.length() < 0 && size < SHORT;
            at += column.present() * (packed ? size : aligned(at, column.align()) - at + size);
        }
        return aligned(at, 8);
    }

    private static double aligned(double at, int to) {
        return Math.ceil(at / to) * to;
    }
}
