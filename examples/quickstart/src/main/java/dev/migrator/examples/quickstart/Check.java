package dev.migrator.examples.quickstart;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/** Compares every row of the table with the {@link Model}, as of one moment, while the releases go on working. */
final class Check {

    private static final int FETCH = 5000;

    private final DataSource database;
    private final Model model;

    Check(DataSource database, Model model) {
        this.database = database;
        this.model = model;
    }

    /**
     * What was compared.
     *
     * @param rows all rows of the table
     * @param written those of them, and of those that were removed, that a release has written
     */
    record Result(long rows, int written) {}

    /**
     * Reads every row in the shapes of some releases.
     *
     * @throws QuickstartException if one differs, or one is missing
     */
    Result everyRow(Release... releases) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
                // The first query makes the snapshot; from then on this transaction sees that moment.
                Model.Moment moment = model.moment(() -> statement.execute("SELECT 1 FROM places LIMIT 1"));
                long rows = compare(statement, moment, List.of(releases));
                expectRows(rows, moment.rows());
                return new Result(rows, moment.written());
            }
        }
    }

    private static long compare(Statement statement, Model.Moment moment, List<Release> releases) throws SQLException {
        statement.setFetchSize(FETCH);
        long rows = 0;
        try (ResultSet row = statement.executeQuery(select(releases))) {
            while (row.next()) {
                rows++;
                compare(row, moment, releases);
            }
        }
        return rows;
    }

    private static String select(List<Release> releases) {
        List<String> columns = new ArrayList<>(List.of("id", "version"));
        releases.forEach(release -> columns.addAll(release.columns()));
        return "SELECT " + String.join(", ", columns) + " FROM places";
    }

    private static void compare(ResultSet row, Model.Moment moment, List<Release> releases) throws SQLException {
        long id = row.getLong(1);
        Optional<Place> expected = moment.place(id);
        int first = 3;
        for (Release release : releases) {
            Place found = release.place(row, first, row.getInt(2));
            if (!Optional.of(found).equals(expected)) {
                throw new QuickstartException("Place " + id + " is " + found + " in the shape of " + release.name()
                        + ", but it was written as "
                        + expected.map(Place::toString).orElse("removed") + ".");
            }
            first += release.columns().size();
        }
    }

    private static void expectRows(long found, long expected) {
        if (found != expected) {
            throw new QuickstartException("The table has " + found + " rows, but there must be " + expected + ".");
        }
    }
}
