package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.pg.internal.catalog.ColumnInfo;
import dev.migrator.pg.internal.expression.ColumnType;
import dev.migrator.pg.internal.expression.RejectedSqlException;

/**
 * How a value gets from one type into another where the migration does not say: by plain assignment if the server has one,
 * which refuses a value that does not fit; only otherwise by an explicit cast, which would cut a text to its new length.
 *
 * @param upType the new type, if it takes an explicit cast to get there; else empty
 * @param downType the old type, if it takes an explicit cast to get back; else empty
 */
record Conversions(String upType, String downType) {

    static Conversions between(TableWork work, ColumnInfo column, String type) {
        Identifier probe = work.names().proof("type");
        work.scratch().tryOut();
        try {
            ColumnType fresh = work.scratch().addColumn(probe, type);
            String up = isAssignable(work, probe, column.name()) ? "" : fresh.name();
            String down = isAssignable(work, column.name(), probe) ? "" : column.type();
            return new Conversions(up, down);
        } catch (RejectedSqlException e) {
            return new Conversions(type + "\n", column.type()); // the type is refused again, and told, where it is read
        } finally {
            work.scratch().forget();
        }
    }

    private static boolean isAssignable(TableWork work, Identifier to, Identifier from) {
        try {
            work.scratch().readFor(to, from.quoted());
            return true;
        } catch (RejectedSqlException e) {
            return false;
        }
    }

    String up(Identifier column) {
        return upType.isEmpty() ? column.quoted() : "CAST(" + column.quoted() + " AS " + upType + ")";
    }

    String down(Identifier column) {
        return downType.isEmpty() ? column.quoted() : "CAST(" + column.quoted() + " AS " + downType + ")";
    }
}
