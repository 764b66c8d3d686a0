package dev.migrator.pg.internal.release;

import dev.migrator.Identifier;
import dev.migrator.Migration;
import dev.migrator.operation.AddColumn;
import dev.migrator.operation.AddForeignKey;
import dev.migrator.operation.ChangeType;
import dev.migrator.operation.CreateIndex;
import dev.migrator.operation.DropColumn;
import dev.migrator.operation.MergeColumns;
import dev.migrator.operation.OldColumn;
import dev.migrator.operation.Operation;
import dev.migrator.operation.RenameColumn;
import dev.migrator.operation.RunSql;
import dev.migrator.operation.SetNotNull;
import dev.migrator.operation.SplitColumn;
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
            List<Pattern> names = migration.operations().stream()
                    .flatMap(operation -> operation.match(new Retires()).stream())
                    .map(RetiredNames::alone)
                    .toList();
            if (!names.isEmpty()) {
                columns.put(migration.id(), names);
            }
        }
    }

    /** A name that is no part of a longer one. */
    private static Pattern alone(Identifier name) {
        String letter = "[\\p{L}\\p{N}_$]";
        return Pattern.compile("(?<!" + letter + ")" + Pattern.quote(name.value()) + "(?!" + letter + ")");
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

    /** The columns that an operation takes away at CONTRACT. */
    private static final class Retires implements Operation.Cases<List<Identifier>> {
        @Override
        public List<Identifier> addColumn(AddColumn operation) {
            return List.of();
        }

        @Override
        public List<Identifier> renameColumn(RenameColumn operation) {
            return List.of(operation.column());
        }

        @Override
        public List<Identifier> changeType(ChangeType operation) {
            return operation.to().isPresent() ? List.of(operation.column()) : List.of();
        }

        @Override
        public List<Identifier> splitColumn(SplitColumn operation) {
            return List.of(operation.column());
        }

        @Override
        public List<Identifier> mergeColumns(MergeColumns operation) {
            return operation.columns().stream().map(OldColumn::column).toList();
        }

        @Override
        public List<Identifier> dropColumn(DropColumn operation) {
            return List.of(operation.column());
        }

        @Override
        public List<Identifier> setNotNull(SetNotNull operation) {
            return List.of();
        }

        @Override
        public List<Identifier> createIndex(CreateIndex operation) {
            return List.of();
        }

        @Override
        public List<Identifier> addForeignKey(AddForeignKey operation) {
            return List.of();
        }

        @Override
        public List<Identifier> runSql(RunSql operation) {
            return List.of();
        }
    }
}
