package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** Small pieces of SQL in which every operator is qualified, so that no session's search path can change their meaning. */
final class Sql {
    private Sql() {}

    /** Whether two rows of values differ in any bit; what {@code IS DISTINCT FROM} overlooks counts (experiment 4). */
    static String differ(Collection<String> left, Collection<String> right) {
        return "pg_catalog.record_image_ne(" + row(left) + ", " + row(right) + ")";
    }

    private static String row(Collection<String> values) {
        return "ROW(" + String.join(", ", values) + ")";
    }

    /** Whether none of these bits are set. */
    static String noBit(String value, int bits) {
        return "((" + value + " OPERATOR(pg_catalog.&) " + bits + ") OPERATOR(pg_catalog.=) 0)";
    }

    /** Whether any of these bits are set. */
    static String anyBit(String value, int bits) {
        return "((" + value + " OPERATOR(pg_catalog.&) " + bits + ") OPERATOR(pg_catalog.<>) 0)";
    }

    /** Whether the masked bits are exactly these. */
    static String bitsAre(String value, int mask, int bits) {
        return "((" + value + " OPERATOR(pg_catalog.&) " + mask + ") OPERATOR(pg_catalog.=) " + bits + ")";
    }

    /** These bits set in addition. */
    static String with(String value, int bits) {
        return "(" + value + " OPERATOR(pg_catalog.|) " + bits + ")";
    }

    /** Conditions of which one is enough. */
    static String any(Collection<String> conditions) {
        return conditions.stream().collect(Collectors.joining(" OR ", "(", ")"));
    }

    /** Whether at least one value is given. */
    static String anyGiven(Collection<String> values) {
        return "(pg_catalog.num_nonnulls(" + String.join(", ", values) + ") OPERATOR(pg_catalog.>) 0)";
    }

    /** Columns of a row. */
    static List<String> places(Collection<Identifier> columns, String row) {
        return columns.stream().map(column -> row + column.quoted()).toList();
    }
}
