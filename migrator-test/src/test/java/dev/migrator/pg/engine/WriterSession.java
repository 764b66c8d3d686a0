package dev.migrator.pg.engine;

import static dev.migrator.pg.engine.ShapeModel.NULL;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** What the statements of a writer's transaction have in common. */
abstract class WriterSession {
    final Connection connection;
    final WriterTable table;
    final WriterKind kind;
    final WriterStage stage;
    final WriterPool pool;
    final WriterWork work;
    final Random random;
    final WriterValues values;
    final WriterSql sql;
    final boolean contracted;
    String last = "";

    WriterSession(
            Connection connection,
            WriterTable table,
            WriterKind kind,
            WriterStage stage,
            WriterPool pool,
            WriterWork work,
            Random random) {
        this.connection = connection;
        this.table = table;
        this.kind = kind;
        this.stage = stage;
        this.pool = pool;
        this.work = work;
        this.random = random;
        this.values = new WriterValues(table, kind, pool, random);
        this.sql = new WriterSql(table.name());
        // Under the same names the model of either side is that of the other.
        this.contracted = stage.contracted() && !table.sameNames();
    }

    /** The statement that ran last. */
    String last() {
        return last;
    }

    int run(String text) throws SQLException {
        last = text;
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate(text);
        }
    }

    void expect(int expected, int rows) {
        if (rows != expected) {
            throw new AssertionError("wrote " + rows + " rows instead of " + expected + ": " + last);
        }
    }

    /** Reads a row as its release may, within the transaction that wrote it. */
    void see(int id) throws SQLException {
        ShapeRow row = work.get(id);
        List<String> columns = new ArrayList<>();
        if (kind.writesOld()) {
            table.oldColumns().forEach(column -> columns.add(column.name()));
        }
        if (kind.writesNew() && stage.newIsTruth()) {
            table.newColumns().forEach(column -> columns.add(column.name()));
        }
        if (columns.isEmpty() || random.nextInt(3) > 0) {
            return;
        }
        List<String> expected = columns.stream().map(row::get).toList();
        List<String> found = select(columns, id, "");
        if (!found.equals(expected)) {
            throw new AssertionError("row " + id + ", " + columns + ": expected " + expected + ", found " + found
                    + "\n  before: " + pool.history(id));
        }
    }

    List<String> select(List<String> columns, int id, String ending) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql.select(columns, id, ending))) {
            List<String> found = new ArrayList<>();
            if (rows.next()) {
                for (int i = 1; i <= columns.size(); i++) {
                    found.add(Optional.ofNullable(rows.getString(i)).orElse(NULL));
                }
            }
            return found;
        }
    }

    /** The model's word on an INSERT. */
    void inserted(Map<String, String> given) throws SQLException {
        ShapeRow row = table.model().insert(given, contracted);
        work.put(row, last);
        see(row.id());
    }

    boolean mayReadOwnShape() {
        return kind == WriterKind.OLD || (kind == WriterKind.NEW && stage.newIsTruth()) || table.sameNames();
    }
}
