package dev.migrator.pg.internal.release;

import dev.migrator.Migration;
import dev.migrator.pg.internal.sql.SqlErrors;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Statements of the application that name what a migration retires: those that fail because it is gone are counted, until they
 * are told to the server.
 */
public final class RetiredNames {
    private static final int MOST_AT_ONCE = 100;

    private final Map<String, List<Retired>> columns = new TreeMap<>();
    private final Map<Failure, Long> failures = new HashMap<>();

    /** Those of some migrations. */
    public RetiredNames(List<Migration> migrations) {
        for (Migration migration : migrations) {
            List<Retired> names =
                    RetiredColumn.of(migration).stream().map(Retired::of).toList();
            if (!names.isEmpty()) {
                columns.put(migration.id(), names);
            }
        }
    }

    /** What the server's message names, and what a statement that means it must name. */
    private record Retired(Pattern inMessage, Pattern column, Pattern table) {
        static Retired of(RetiredColumn retired) {
            return new Retired(
                    Names.alone(retired.column()),
                    Names.inStatement(retired.column()),
                    Names.inStatement(retired.table().name()));
        }

        /** Of another table a column of that name may be missing for reasons of its own. */
        boolean isMissedBy(String message, String statement) {
            return inMessage.matcher(message).find()
                    && column.matcher(statement).find()
                    && table.matcher(statement).find();
        }
    }

    /**
     * A statement that failed.
     *
     * @param migration the one that retires what it named
     * @param sqlState the server's SQLSTATE
     * @param message the server's message, which names the column
     */
    public record Failure(String migration, String sqlState, String message) {}

    /** Looks whether a statement has failed by what is retired. */
    void failed(SQLException e, String statement) {
        if (SqlErrors.UNDEFINED_COLUMN.equals(e.getSQLState())) {
            String message = SqlErrors.text(e);
            columns.forEach((migration, names) -> {
                if (names.stream().anyMatch(retired -> retired.isMissedBy(message, statement))) {
                    count(new Failure(migration, SqlErrors.UNDEFINED_COLUMN, message), 1);
                }
            });
        }
    }

    private synchronized void count(Failure failure, long times) {
        if (failures.size() < MOST_AT_ONCE || failures.containsKey(failure)) {
            failures.merge(failure, times, Long::sum);
        }
    }

    /** Takes back what could not be told. */
    void keep(Map<Failure, Long> untold) {
        untold.forEach(this::count);
    }

    /** What is to be told, and is forgotten here. */
    synchronized Map<Failure, Long> take() {
        Map<Failure, Long> taken = Map.copyOf(failures);
        failures.clear();
        return taken;
    }
}
