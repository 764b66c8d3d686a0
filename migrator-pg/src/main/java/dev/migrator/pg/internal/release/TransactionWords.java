package dev.migrator.pg.internal.release;

import java.sql.SQLFeatureNotSupportedException;
import java.util.regex.Pattern;

/** Statements that begin a transaction by themselves, which then would not have entered. */
final class TransactionWords {
    private static final int SHOWN = 60;

    /** What may stand before a statement: space, semicolons, comments. */
    private static final String LEAD = "(?:\\s|;|--[^\\n]*(?:\\n|$)|/\\*(?:[^*]|\\*(?!/))*\\*/)*+";

    private static final Pattern BEGINS =
            Pattern.compile(LEAD + "(?:begin|start\\s+transaction)\\b.*", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Pattern CHAINS = Pattern.compile(
            LEAD + "(?:commit|end|rollback|abort)(?:\\s+(?:work|transaction))?\\s+and\\s+chain\\b.*",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private TransactionWords() {}

    /** Refuses such a statement. */
    static void check(String sql) throws SQLFeatureNotSupportedException {
        if (BEGINS.matcher(sql).matches() || CHAINS.matcher(sql).matches()) {
            String line = sql.strip().replaceAll("\\s+", " ");
            throw new SQLFeatureNotSupportedException(
                    "A connection whose transactions enter begins none by a statement: call setAutoCommit(false), commit() and"
                            + " rollback() instead of "
                            + (line.length() > SHOWN ? line.substring(0, SHOWN) + "…" : line));
        }
    }
}
