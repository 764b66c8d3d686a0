package dev.migrator.pg.engine;

import static dev.migrator.pg.engine.ShapeModel.DEFAULT;
import static dev.migrator.pg.engine.ShapeModel.NULL;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** Chooses columns and values at random, within what a writer's release may do in the present stage. */
final class WriterValues {
    private static final Set<String> UNIQUE = Set.of("nick", "handle");
    private static final Set<String> WITH_DEFAULT = Set.of("name", "lat", "n", "t", "full_name", "latitude", "big_n");

    private final WriterTable table;
    private final WriterKind kind;
    private final WriterPool pool;
    private final Random random;

    WriterValues(WriterTable table, WriterKind kind, WriterPool pool, Random random) {
        this.table = table;
        this.kind = kind;
        this.pool = pool;
        this.random = random;
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** What an INSERT names; the id is the first. */
    Map<String, String> inserted(WriterStage stage, int id) {
        Map<String, String> row = new LinkedHashMap<>();
        row.put("id", String.valueOf(id));
        double given = random.nextDouble();
        for (WriterColumn column : table.columns(kind)) {
            boolean must = column.name().equals("shout") && (stage.exchanging() || stage.contracted());
            if (must || chance(given)) {
                row.put(column.name(), insertedValue(stage, column));
            }
        }
        return row;
    }

    private String insertedValue(WriterStage stage, WriterColumn column) {
        if (column.nullable() && chance(0.15)) {
            return NULL;
        }
        if (WITH_DEFAULT.contains(column.name()) && chance(0.12)) {
            return DEFAULT;
        }
        return value(stage, column);
    }

    /** Values for the columns that another row of the same statement names. */
    Map<String, String> alike(WriterStage stage, Map<String, String> first, int id) {
        Map<String, String> row = new LinkedHashMap<>(first);
        row.put("id", String.valueOf(id));
        for (WriterColumn column : table.columns(kind)) {
            if (row.containsKey(column.name())) {
                row.put(column.name(), insertedValue(stage, column));
            }
        }
        return row;
    }

    private String value(WriterStage stage, WriterColumn column) {
        if (UNIQUE.contains(column.name())) {
            boolean blanks = kind != WriterKind.BOTH && !stage.exchanging() && !stage.contracted() && chance(0.2);
            return blanks ? " " + pool.unique("k") + "  " : pool.unique("k");
        }
        if (column.name().equals("lat") && kind == WriterKind.OLD && stage.unmappable() && chance(0.05)) {
            return WriterColumns.UNMAPPABLE;
        }
        return column.values().apply(random);
    }

    /** What an UPDATE sets, perhaps to what is there already. */
    Map<String, String> updated(WriterStage stage, Optional<ShapeRow> row) {
        Map<String, String> sets = new LinkedHashMap<>();
        List<WriterColumn> columns = table.columns(kind);
        double share = chance(0.5) ? 0.15 : 0.5;
        for (WriterColumn column : columns) {
            if (chance(share)) {
                sets.put(column.name(), updatedValue(stage, column, row));
            }
        }
        if (sets.isEmpty()) {
            WriterColumn column = columns.get(random.nextInt(columns.size()));
            sets.put(column.name(), updatedValue(stage, column, row));
        }
        return over(stage, sets);
    }

    /** Over the exchange a column that was computed from another is set together with it, as only before it follows. */
    Map<String, String> over(WriterStage stage, Map<String, String> sets) {
        if (stage.exchanging() && sets.containsKey("full_name")) {
            sets.put("shout", pool.unique("LOUD"));
        }
        return sets;
    }

    String updatedValue(WriterStage stage, WriterColumn column, Optional<ShapeRow> row) {
        if (column.nullable() && chance(0.12)) {
            return NULL;
        }
        Optional<String> present = row.map(known -> known.get(column.name()));
        if (present.isPresent()
                && chance(0.15)
                && (column.nullable() || !present.get().equals(NULL))) {
            return present.get();
        }
        return value(stage, column);
    }
}
