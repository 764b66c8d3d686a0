package dev.migrator.test;

import dev.migrator.QualifiedName;
import dev.migrator.test.internal.RowMaker;
import dev.migrator.test.internal.RowMaker.Made;
import dev.migrator.test.internal.TableShape;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Puts made-up rows into tables: values by the columns' types, defaults, NULLs, references to rows that are there, and where a table
 * has rows already, values like theirs. A row that a constraint refuses is made again in another way, a few times.
 *
 * <p>The same seed makes the same rows. Not thread-safe.
 */
public final class GeneratedRows {
    private static final int TRIES = 6;

    private final TestDatabase database;
    private final Random random;
    private final Map<String, String> expressions = new LinkedHashMap<>();
    private final Set<String> filled = new LinkedHashSet<>();
    private final List<String> shortages = new ArrayList<>();

    private GeneratedRows(TestDatabase database, long seed) {
        this.database = database;
        this.random = new Random(seed);
    }

    /** Rows for a database. */
    public static GeneratedRows in(TestDatabase database, long seed) {
        return new GeneratedRows(database, seed);
    }

    /**
     * Makes the values of a column by an SQL expression, where those of its type would not do, such as a text that is to be a
     * number.
     *
     * @param column {@code table.column}, as the catalogs have the names
     * @param expression evaluated for each row; {@code random()} makes them differ
     * @return this
     */
    public GeneratedRows value(String column, String expression) {
        expressions.put(column, expression);
        return this;
    }

    /**
     * Adds rows to a table, and before that to the tables that it refers to if they are empty.
     *
     * @return how many; fewer than asked for if constraints have refused them, of which {@link #shortages()} tells
     */
    public int fill(QualifiedName table, int rows) {
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            missingColumns(connection);
            int made = fill(connection, TableShape.read(connection, table.quoted()), rows);
            connection.commit();
            return made;
        } catch (SQLException e) {
            throw new SqlFailure("making rows for " + table.quoted(), e);
        }
    }

    /**
     * Of each table that got fewer rows than asked for: how many, and what the server said last; and which columns there are not
     * that are to have a {@link #value}.
     */
    public List<String> shortages() {
        return List.copyOf(shortages);
    }

    private void missingColumns(Connection connection) throws SQLException {
        for (String column : expressions.keySet()) {
            String known =
                    """
                    SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
                                    WHERE c.relname || '.' || a.attname = ? AND c.relkind IN ('r', 'p') AND NOT a.attisdropped)
                    """;
            try (PreparedStatement statement = connection.prepareStatement(known)) {
                statement.setString(1, column);
                try (ResultSet row = statement.executeQuery()) {
                    String shortage = column + ": a value is given for it, but there is no such column (table.column)";
                    if (row.next() && !row.getBoolean(1) && !shortages.contains(shortage)) {
                        shortages.add(shortage);
                    }
                }
            }
        }
    }

    private int fill(Connection connection, TableShape table, int rows) throws SQLException {
        if (!filled.add(table.name())) {
            return 0;
        }
        for (String referenced : table.referenced()) {
            if (!referenced.equals(table.name()) && isEmpty(connection, referenced)) {
                fill(connection, TableShape.read(connection, referenced), rows);
            }
        }
        RowMaker maker = new RowMaker(table, expressions, random);
        int made = 0;
        String refusal = "";
        for (int row = 0; row < rows; row++) {
            boolean done = false;
            for (int attempt = 0; attempt < TRIES && !done; attempt++) {
                Savepoint before = connection.setSavepoint();
                try {
                    Made values = maker.make(connection);
                    values.insert(connection);
                    connection.releaseSavepoint(before);
                    done = true;
                    made++;
                } catch (SQLException e) {
                    connection.rollback(before);
                    refusal = String.valueOf(e.getMessage()).replace("\n", " ");
                }
            }
        }
        if (made < rows) {
            shortages.add("%s: %d of %d rows; the last refusal was %s".formatted(table.name(), made, rows, refusal));
        }
        return made;
    }

    private static boolean isEmpty(Connection connection, String table) {
        return "f".equals(Sql.queryValue(connection, "SELECT EXISTS (SELECT FROM " + table + ")"));
    }
}
