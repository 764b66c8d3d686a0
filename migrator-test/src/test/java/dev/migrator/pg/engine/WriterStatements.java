package dev.migrator.pg.engine;

import static dev.migrator.pg.engine.ShapeModel.DEFAULT;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** The kinds of statements that SQL offers for a write, each with what the model says about it. */
final class WriterStatements extends WriterInserts {
    WriterStatements(
            Connection connection,
            WriterTable table,
            WriterKind kind,
            WriterStage stage,
            WriterPool pool,
            WriterWork work,
            Random random) {
        super(connection, table, kind, stage, pool, work, random);
    }

    /** Any of them. */
    void any() throws SQLException {
        switch (random.nextInt(18)) {
            case 0 -> insert(1);
            case 1 -> insert(3);
            case 2 -> insertSelect();
            case 3 -> copy();
            case 4 -> updateFrom();
            case 5, 6 -> upsert();
            case 7, 12, 13 -> delete();
            case 8 -> moveKey();
            case 9 -> append();
            case 10 -> count();
            case 11 -> note();
            default -> update();
        }
    }

    private void updated(ShapeRow row, Map<String, String> sets) throws SQLException {
        ShapeRow after = table.model().update(row, sets, contracted);
        if (after.id() != row.id()) {
            work.remove(row.id());
        }
        work.put(after, last);
        see(after.id());
    }

    private void update() throws SQLException {
        Optional<ShapeRow> first = work.row();
        if (first.isEmpty()) {
            return;
        }
        Map<String, String> sets = values.updated(stage, first);
        if (values.chance(0.08)) {
            List<String> columns = table.columns(kind).stream()
                    .map(WriterColumn::name)
                    .filter(column -> table.model().hasDefault(column))
                    .toList();
            sets.put(columns.get(random.nextInt(columns.size())), DEFAULT);
            values.over(stage, sets);
        }
        List<ShapeRow> rows = new ArrayList<>(List.of(first.get()));
        boolean unique = sets.containsKey("nick") || sets.containsKey("handle");
        Optional<ShapeRow> second = unique ? Optional.empty() : work.row();
        second.filter(row -> row.id() != first.get().id()).ifPresent(rows::add);
        List<Integer> ids = rows.stream().map(ShapeRow::id).toList();
        // The NULL of a MERGE on a row that nobody has written yet counts as none.
        boolean merges = !sets.containsValue(ShapeModel.NULL)
                && !sets.containsValue(DEFAULT)
                && values.chance(0.25)
                && connection.getMetaData().getDatabaseMajorVersion() >= 15;
        expect(rows.size(), run(merges ? sql.merge(sets, ids) : sql.update(sets, ids)));
        for (ShapeRow row : rows) {
            updated(row, sets);
        }
    }

    private void updateFrom() throws SQLException {
        Map<Integer, ShapeRow> rows = new LinkedHashMap<>();
        for (int i = 0; i < 2; i++) {
            work.row().ifPresent(row -> rows.put(row.id(), row));
        }
        if (rows.isEmpty()) {
            return;
        }
        ShapeRow any = rows.values().iterator().next();
        Map<String, String> chosen = values.updated(stage, Optional.of(any));
        List<WriterColumn> columns = table.columns(kind).stream()
                .filter(column -> chosen.containsKey(column.name()))
                .toList();
        Map<Integer, Map<String, String>> sets = new LinkedHashMap<>();
        rows.forEach((id, row) -> {
            Map<String, String> own = new LinkedHashMap<>();
            columns.forEach(column -> own.put(column.name(), values.updatedValue(stage, column, Optional.of(row))));
            sets.put(id, values.over(stage, own));
        });
        expect(rows.size(), run(sql.updateFrom(columns, sets)));
        for (Map.Entry<Integer, Map<String, String>> entry : sets.entrySet()) {
            Optional<ShapeRow> row = Optional.ofNullable(rows.get(entry.getKey()));
            updated(row.orElseThrow(), entry.getValue());
        }
    }

    private void upsert() throws SQLException {
        Optional<ShapeRow> existing = values.chance(0.25) ? Optional.empty() : work.row();
        int id = existing.map(ShapeRow::id).orElseGet(pool::nextId);
        Map<String, String> given = values.inserted(stage, id);
        List<String> updated = new ArrayList<>(given.keySet());
        updated.removeIf(column -> column.equals("id")
                || DEFAULT.equals(given.get(column))
                || (!(column.equals("shout") && stage.exchanging()) && random.nextInt(3) == 0));
        if (updated.isEmpty()) {
            given.put("note", "upserted");
            updated.add("note");
        }
        if (stage.exchanging()) {
            given.replace("shout", pool.unique("LOUD"));
        }
        expect(1, run(sql.upsert(given, updated)));
        ShapeRow proposed = table.model().insert(given, contracted);
        if (existing.isEmpty()) {
            work.put(proposed, last);
            see(id);
            return;
        }
        Map<String, String> sets = new LinkedHashMap<>();
        updated.forEach(column -> sets.put(column, proposed.get(column)));
        updated(existing.get(), sets);
    }

    private void delete() throws SQLException {
        Optional<ShapeRow> row = pool.size() > 200 ? work.row() : Optional.empty();
        if (row.isPresent()) {
            expect(1, run(sql.delete(row.get().id())));
            work.remove(row.get().id());
        }
    }

    private void moveKey() throws SQLException {
        Optional<ShapeRow> row = work.row();
        if (row.isPresent()) {
            Map<String, String> sets = new LinkedHashMap<>(Map.of("id", String.valueOf(pool.nextId())));
            if (values.chance(0.5)) {
                sets.putAll(values.updated(stage, row));
            }
            expect(1, run(sql.update(sets, List.of(row.get().id()))));
            updated(row.get(), sets);
        }
    }

    /** A value that is computed from the one that is there: of a shape that may be read. */
    private void append() throws SQLException {
        Optional<ShapeRow> row = mayReadOwnShape() ? work.row() : Optional.empty();
        if (row.isEmpty()) {
            return;
        }
        String column = table.sameNames() ? "t" : kind == WriterKind.OLD ? "name" : "full_name";
        String present = row.get().get(column);
        Map<String, String> sets = new LinkedHashMap<>();
        sets.put(column, present.length() > 30 ? "" : present + "+");
        values.over(stage, sets);
        String text = column + " = CASE WHEN length(" + column + ") > 30 THEN '' ELSE " + column + " || '+' END";
        String shout = sets.containsKey("shout") ? ", shout = " + WriterSql.literal(sets.get("shout")) : "";
        String condition = " AND " + column + " = " + WriterSql.literal(present);
        expect(1, run(sql.update(text + shout, row.get().id()) + condition));
        updated(row.get(), sets);
    }

    private int counted;

    /** Read under a lock, then written, on a row that all writers share. */
    private void count() throws SQLException {
        if (!mayReadOwnShape()) {
            return;
        }
        String column = table.counter().get(kind == WriterKind.OLD || table.sameNames() ? 0 : 1);
        List<Integer> ids = pool.counterIds();
        int id = ids.get(random.nextInt(ids.size()));
        if (id < counted) {
            return; // in one order only: another writer of this test may hold it, and wait for ours
        }
        counted = id;
        last = sql.select(List.of(column), id, " FOR UPDATE");
        int value = Integer.parseInt(select(List.of(column), id, " FOR UPDATE").get(0));
        expect(1, run(sql.update(column + " = " + (value + 1), id)));
        work.count(id);
    }

    /** A column that no operation concerns, by a statement that the server prepares once. */
    private void note() throws SQLException {
        Optional<ShapeRow> row = work.row();
        if (row.isPresent()) {
            last = "UPDATE " + table.name() + " SET note = ? WHERE id = ?";
            String note = "prepared " + random.nextInt(100);
            try (PreparedStatement statement = connection.prepareStatement(last)) {
                statement.setString(1, note);
                statement.setInt(2, row.get().id());
                expect(1, statement.executeUpdate());
            }
            updated(row.get(), Map.of("note", note));
        }
    }
}
