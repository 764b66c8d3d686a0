package dev.migrator.pg.internal.backfill;

import dev.migrator.pg.internal.sql.SqlErrors;
import java.sql.SQLException;
import java.util.Optional;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * A row that could not be filled.
 *
 * @param relation the table or partition
 * @param block where the row was: its block
 * @param offset where the row was: its line in the block
 * @param key what names it to people
 * @param sqlState the server's error code
 * @param message what the server said
 */
record FailedRow(long relation, long block, int offset, String key, String sqlState, String message) {

    /** The place as a value of type {@code tid}. */
    String place() {
        return "(" + block + "," + offset + ")";
    }

    /** The place as it is recorded. */
    static String recordedPlace(long relation, long block, int offset) {
        return relation + "/(" + block + "," + offset + ")";
    }

    /** Reads a recorded row. */
    static FailedRow of(String key, String recordedPlace, String sqlState, String message) {
        int slash = recordedPlace.indexOf('/');
        int comma = recordedPlace.indexOf(',');
        return new FailedRow(
                Long.parseLong(recordedPlace.substring(0, slash)),
                Long.parseLong(recordedPlace.substring(slash + 2, comma)),
                Integer.parseInt(recordedPlace.substring(comma + 1, recordedPlace.length() - 1)),
                key,
                sqlState,
                message);
    }

    /**
     * What the server said of a row, without the row's values unless they were asked for: the application's data does not
     * belong in the migrator's records.
     */
    static String message(SQLException e, boolean showValues) {
        if (showValues) {
            return SqlErrors.describe(e);
        }
        String state = SqlErrors.state(e);
        if (state.startsWith("P0")) {
            return "a function or trigger raised an error";
        }
        String primary = primary(e);
        if (state.startsWith("23") || state.equals(SqlErrors.QUERY_CANCELED)) {
            // These quote names only; the values stand in the detail.
            return primary;
        }
        // "invalid input syntax for type integer: "abc"": names are announced by what they name, values are not.
        int colon = primary.indexOf(": ");
        String head = colon < 0 ? primary : primary.substring(0, colon);
        return head.replaceAll("(?<!\\b(?:type|column|relation|constraint|function|domain|enum) )\"[^\"]*\"", "\"…\"");
    }

    private static String primary(SQLException e) {
        if (e instanceof PSQLException psql) {
            return Optional.ofNullable(psql.getServerErrorMessage())
                    .map(ServerErrorMessage::getMessage)
                    .orElse("");
        }
        return "";
    }
}
