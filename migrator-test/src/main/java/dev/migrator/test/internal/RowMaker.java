package dev.migrator.test.internal;

import dev.migrator.test.internal.TableShape.Column;
import dev.migrator.test.internal.TableShape.Reference;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes rows of one table. */
public final class RowMaker {
    private static final int NULLS_PERCENT = 15;
    private static final int DEFAULTS_PERCENT = 30;
    private static final int LIKE_OTHERS_PERCENT = 50;

    private final TableShape table;
    private final Map<String, String> expressions;
    private final Random random;
    private final Values values;

    /** Rows of a table; the columns {@code table.column} that have an expression get what it says. */
    public RowMaker(TableShape table, Map<String, String> expressions, Random random) {
        this.table = table;
        this.expressions = expressions;
        this.random = random;
        this.values = new Values(random);
    }

    /**
     * A row that is not stored yet.
     *
     * @param sql the statement, with a parameter for each value
     * @param values the values as text, NULL for NULL
     */
    public record Made(String sql, List<@Nullable String> values) {
        /** Stores it. */
        public void insert(Connection connection) throws SQLException {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                for (int i = 0; i < values.size(); i++) {
                    statement.setString(i + 1, values.get(i));
                }
                statement.executeUpdate();
            }
        }
    }

    /** Another row. */
    public Made make(Connection connection) throws SQLException {
        Map<String, @Nullable String> referring = references(connection);
        Map<String, @Nullable String> like = likeOthers(connection);
        List<String> columns = new ArrayList<>();
        List<String> terms = new ArrayList<>();
        List<@Nullable String> given = new ArrayList<>();
        for (Column column : table.columns()) {
            String expression = expressions.get(table.plainName() + "." + column.plainName());
            if (!column.given()) {
                continue;
            } else if (expression != null) {
                columns.add(column.name());
                terms.add("(" + expression + ")");
                continue;
            } else if (column.defaulted() && (column.unique() || percent(DEFAULTS_PERCENT))) {
                continue;
            }
            columns.add(column.name());
            terms.add("?::pg_catalog.text::" + column.type());
            given.add(value(column, referring, like));
        }
        String list = String.join(", ", columns);
        String sql = columns.isEmpty()
                ? "INSERT INTO " + table.name() + " DEFAULT VALUES"
                : "INSERT INTO %s (%s) VALUES (%s)".formatted(table.name(), list, String.join(", ", terms));
        return new Made(sql, given);
    }

    private @Nullable String value(
            Column column, Map<String, @Nullable String> referring, Map<String, @Nullable String> like) {
        if (referring.containsKey(column.plainName())) {
            return referring.get(column.plainName());
        } else if (column.nullable() && percent(NULLS_PERCENT)) {
            return null;
        } else if (!column.unique() && like.containsKey(column.plainName())) {
            return like.get(column.plainName());
        }
        return values.of(column);
    }

    /** For each foreign key the values of a row that is there, or NULLs if there is none. */
    private Map<String, @Nullable String> references(Connection connection) throws SQLException {
        Map<String, @Nullable String> found = new LinkedHashMap<>();
        for (Reference reference : table.references()) {
            String keys = reference.keys().stream()
                    .map(key -> key + "::pg_catalog.text")
                    .collect(Collectors.joining(", "));
            Optional<List<@Nullable String>> row = row(connection, reference.table(), keys);
            for (int i = 0; i < reference.columns().size(); i++) {
                int place = i;
                found.put(
                        reference.columns().get(i),
                        row.map(key -> key.get(place)).orElse(null));
            }
        }
        return found;
    }

    /** The values of a row that is there, half of the time. */
    private Map<String, @Nullable String> likeOthers(Connection connection) throws SQLException {
        Map<String, @Nullable String> like = new LinkedHashMap<>();
        if (percent(LIKE_OTHERS_PERCENT)) {
            String columns = table.columns().stream()
                    .map(column -> column.name() + "::pg_catalog.text")
                    .collect(Collectors.joining(", "));
            Optional<List<@Nullable String>> row = row(connection, table.name(), columns);
            for (int i = 0; i < table.columns().size() && row.isPresent(); i++) {
                like.put(table.columns().get(i).plainName(), row.get().get(i));
            }
        }
        return like;
    }

    /** A row by a number that the seed decides. */
    private Optional<List<@Nullable String>> row(Connection connection, String from, String columns)
            throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT %1$s FROM (SELECT t.*, pg_catalog.row_number() OVER () - 1 AS migrator_place, pg_catalog.count(*) OVER () AS migrator_rows"
                                        .formatted(columns)
                                + " FROM " + from + " t) s WHERE migrator_place = " + random.nextInt(Integer.MAX_VALUE)
                                + " % migrator_rows")) {
            if (!row.next()) {
                return Optional.empty();
            }
            List<@Nullable String> found = new ArrayList<>();
            for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                found.add(row.getString(i));
            }
            return Optional.of(found);
        }
    }

    private boolean percent(int chance) {
        return random.nextInt(100) < chance;
    }
}
