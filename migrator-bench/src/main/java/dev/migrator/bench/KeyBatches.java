package dev.migrator.bench;

import dev.migrator.test.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Goes through the table by its key, in batches that tell the last key they have met. */
final class KeyBatches {

    private KeyBatches() {}

    /** Runs a statement with no condition at first, then with one that the key comes after the last one, to the end. */
    static void run(TestDatabase db, UnaryOperator<String> statement) throws SQLException {
        try (Connection connection = db.connect();
                PreparedStatement first = connection.prepareStatement(statement.apply(""));
                PreparedStatement next = connection.prepareStatement(statement.apply("WHERE id > ?"))) {
            Optional<Object> last = lastKey(first);
            while (last.isPresent()) {
                next.setObject(1, last.orElseThrow());
                last = lastKey(next);
            }
        }
    }

    private static Optional<Object> lastKey(PreparedStatement batch) throws SQLException {
        try (ResultSet row = batch.executeQuery()) {
            return row.next() ? Optional.ofNullable(row.getObject(1)) : Optional.empty();
        }
    }
}
