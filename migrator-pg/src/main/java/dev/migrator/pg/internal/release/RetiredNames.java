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

    private final Map<String, List<Pattern>> columns = new TreeMap<>();
    private final Map<Failure, Long> failures = new HashMap<>();

    /** Those of some migrations. */
    public RetiredNames(List<Migration> migrations) {
        for (Migration migration : migrations) {
            List<Pattern> names = RetiredColumn.of(migration).stream()
                    .map(retired -> Names.alone(retired.column()))
                    .toList();
            if (!names.isEmpty()) {
                columns.put(migration.id(), names);
            }
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
    void failed(SQLException e) {
        if (SqlErrors.UNDEFINED_COLUMN.equals(e.getSQLState())) {
            String message = SqlErrors.text(e);
            columns.forEach((migration, names) -> {
                if (names.stream().anyMatch(name -> name.matcher(message).find())) {
                    count(new Failure(migration, SqlErrors.UNDEFINED_COLUMN, message));
                }
            });
        }
    }

    private synchronized void count(Failure failure) {
        if (failures.size() < MOST_AT_ONCE || failures.containsKey(failure)) {
            failures.merge(failure, 1L, Long::sum);
        }
    }

    /** What is to be told, and is forgotten here. */
    synchronized Map<Failure, Long> take() {
        Map<Failure, Long> taken = Map.copyOf(failures);
        failures.clear();
        return taken;
    }
}
