package dev.migrator.pg.engine;

import static dev.migrator.pg.engine.ShapeModel.DEFAULT;

import java.io.IOException;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.postgresql.PGConnection;

/** The ways to bring a new row in. */
class WriterInserts extends WriterSession {
    WriterInserts(
            Connection connection,
            WriterTable table,
            WriterKind kind,
            WriterStage stage,
            WriterPool pool,
            WriterWork work,
            Random random) {
        super(connection, table, kind, stage, pool, work, random);
    }

    void insert(int rows) throws SQLException {
        if (table.sameNames() && rows == 1 && random.nextBoolean()) {
            insertWithoutKey();
            return;
        }
        List<Map<String, String>> given = new ArrayList<>();
        given.add(values.inserted(stage, pool.nextId()));
        for (int i = 1; i < rows; i++) {
            given.add(values.alike(stage, given.get(0), pool.nextId()));
        }
        expect(rows, run(sql.insert(given)));
        for (Map<String, String> row : given) {
            inserted(row);
        }
    }

    private void insertWithoutKey() throws SQLException {
        Map<String, String> given = values.inserted(stage, 0);
        given.put("id", DEFAULT);
        last = sql.insert(List.of(given)) + " RETURNING id::text";
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(last)) {
            rows.next();
            given.put("id", rows.getString(1));
        }
        inserted(given);
    }

    void insertSelect() throws SQLException {
        Optional<ShapeRow> source = mayReadOwnShape() ? work.row() : Optional.empty();
        if (source.isEmpty()) {
            insert(2);
            return;
        }
        int id = pool.nextId();
        Map<String, String> given = new LinkedHashMap<>(Map.of("id", String.valueOf(id)));
        Map<String, String> expressions = new LinkedHashMap<>(Map.of("id", String.valueOf(id)));
        for (WriterColumn column : table.columns(kind)) {
            String value = source.get().get(column.name());
            if (column.name().equals("nick") || column.name().equals("handle")) {
                given.put(column.name(), pool.unique("k"));
                expressions.put(column.name(), WriterSql.literal(given.get(column.name())));
            } else {
                given.put(column.name(), value);
                expressions.put(column.name(), column.name());
            }
        }
        expect(1, run(sql.insertSelect(expressions, source.get().id())));
        inserted(given);
    }

    void copy() throws SQLException {
        Map<String, String> first = values.inserted(stage, pool.nextId());
        first.values().removeIf(DEFAULT::equals);
        Map<String, String> second = values.alike(stage, first, pool.nextId());
        List<Map<String, String>> rows = second.containsValue(DEFAULT) ? List.of(first) : List.of(first, second);
        StringBuilder data = new StringBuilder();
        rows.forEach(row -> data.append(WriterSql.copied(row)));
        last = sql.copy(first.keySet()) + "\n" + data;
        try {
            long copied = connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn(sql.copy(first.keySet()), new StringReader(data.toString()));
            expect(rows.size(), (int) copied);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        for (Map<String, String> row : rows) {
            inserted(row);
        }
    }
}
