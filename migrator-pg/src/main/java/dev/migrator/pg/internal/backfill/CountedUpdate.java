package dev.migrator.pg.internal.backfill;

import dev.migrator.pg.internal.state.StateSql;
import java.util.List;

/**
 * An UPDATE that leaves behind, until its transaction ends, how many rows it has written.
 *
 * @param statements the statements, in order
 */
record CountedUpdate(List<String> statements) {
    /** A row is still to be filled after it was. */
    private static final String STILL_PENDING = "23502";

    /** An UPDATE of a row that is there, and nobody else's, has written nothing. */
    private static final String SUPPRESSED = "23000";

    CountedUpdate {
        statements = List.copyOf(statements);
    }

    /** Any UPDATE without a {@code RETURNING}. */
    static CountedUpdate of(String update) {
        return new CountedUpdate(List.of(counted(update, "1")));
    }

    /**
     * An UPDATE that fills rows. An error about data if one of them is as pending as it was: it would be filled again and
     * again.
     */
    static CountedUpdate filling(StateSql sql, FillSql fill, String update) {
        return new CountedUpdate(List.of(counted(update, refusal(sql, fill))));
    }

    /**
     * The UPDATE that fills one row, for which it waits if somebody has it. An error about data if the row is pending then as
     * it was, and also if the UPDATE has left it alone, though it is locked by this transaction now: then a trigger has
     * suppressed it.
     */
    static CountedUpdate fillingOne(StateSql sql, FillSql fill, TidRange row) {
        String suppressed = "SELECT CASE WHEN " + count() + " = 0 AND EXISTS (SELECT FROM " + fill.from() + " WHERE "
                + fill.isPending(row, List.of()) + ") THEN "
                + sql.refuseRow(SUPPRESSED, "a trigger of the table suppresses the UPDATE") + " END";
        return new CountedUpdate(List.of(counted(fill.updateOne(row), refusal(sql, fill)), suppressed));
    }

    private static String refusal(StateSql sql, FillSql fill) {
        String why =
                fill.pending() + " still holds after the UPDATE: `fill` gives NULL for this row, or a trigger of the"
                        + " table takes the value back";
        return "CASE WHEN " + fill.isPending() + " THEN " + sql.refuseRow(STILL_PENDING, why) + " ELSE 1 END";
    }

    private static String counted(String update, String returning) {
        return "WITH filled AS (\n" + update + "\nRETURNING " + returning
                + " AS one) SELECT pg_catalog.set_config('migrator.filled',"
                + " pg_catalog.count(f.one)::pg_catalog.text, true) FROM filled AS f";
    }

    /** How many rows the last one of the transaction has written. */
    static String count() {
        return "pg_catalog.current_setting('migrator.filled')::pg_catalog.int8";
    }
}
