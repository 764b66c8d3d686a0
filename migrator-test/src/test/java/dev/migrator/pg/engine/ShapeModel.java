package dev.migrator.pg.engine;

import dev.migrator.pg.engine.ShapeMapping.State;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the documentation says that both shapes of a row are after each statement; written anew from the rules, not from the
 * triggers' code.
 *
 * <ol>
 *   <li>The side that changed wins; if both changed, both stay. A row that nobody has written since EXPAND has the new shape
 *       that is computed from the old one.
 *   <li>INSERT: only the old side given, the new one is computed; only the new one, the old one is; both, both stay. A
 *       column that is at its default counts as not given.
 *   <li>What can't be computed is NULL, and the statement goes through.
 *   <li>The table's own trigger, if there is one, trims a column of the old shape, and has the last word about it.
 *   <li>From CONTRACT on the new side is written alone, and the retired side follows it.
 * </ol>
 */
final class ShapeModel {
    static final String NULL = "<null>";
    static final String DEFAULT = "<default>";

    private final List<String> plain;
    private final List<ShapeMapping> mappings;
    private final Map<String, String> defaults;
    private final Set<String> trimmed;

    /**
     * Makes a model.
     *
     * @param plain columns that no mapping concerns
     * @param mappings the mappings, each after those whose columns it reads
     * @param defaults the defaults of old and new columns
     * @param trimmed columns of the old shape that the table's own trigger trims
     */
    ShapeModel(List<String> plain, List<ShapeMapping> mappings, Map<String, String> defaults, Set<String> trimmed) {
        this.plain = List.copyOf(plain);
        this.mappings = List.copyOf(mappings);
        this.defaults = Map.copyOf(defaults);
        this.trimmed = Set.copyOf(trimmed);
    }

    List<String> oldShape() {
        List<String> columns = new ArrayList<>(plain);
        mappings.forEach(mapping -> columns.addAll(mapping.old()));
        return columns;
    }

    List<String> newShape() {
        List<String> columns = new ArrayList<>(plain);
        mappings.forEach(mapping -> columns.addAll(mapping.fresh()));
        return columns;
    }

    boolean hasDefault(String column) {
        return defaults.containsKey(column);
    }

    List<ShapeMapping> mappings() {
        return mappings;
    }

    private String given(Map<String, String> given, String column) {
        String value = given.getOrDefault(column, DEFAULT);
        return value.equals(DEFAULT) ? defaults.getOrDefault(column, NULL) : value;
    }

    /** The row that an INSERT of these values leaves. */
    ShapeRow insert(Map<String, String> given, boolean contracted) {
        ShapeRow.Draft row = new ShapeRow.Draft(
                new HashMap<>(), new ArrayList<>(Collections.nCopies(mappings.size(), State.FROM_OLD)));
        plain.forEach(column -> row.values().put(column, given(given, column)));
        for (int i = 0; i < mappings.size(); i++) {
            ShapeMapping mapping = mappings.get(i);
            if (contracted) {
                mapping.fresh().forEach(column -> row.values().put(column, given(given, column)));
                row.set(mapping.old(), mapping.down().apply(row.get(mapping.fresh())));
                row.states().set(i, State.FROM_NEW);
            } else {
                insert(i, mapping, given, row);
            }
        }
        return row.done();
    }

    private void insert(int i, ShapeMapping mapping, Map<String, String> given, ShapeRow.Draft row) {
        mapping.old().forEach(column -> row.values().put(column, given(given, column)));
        for (String column : mapping.fresh()) {
            row.values().put(column, mapping.twinDefaults() ? given(given, column) : given.getOrDefault(column, NULL));
        }
        boolean oldAbsent = areAtDefault(mapping.old(), row);
        if (areAtDefault(mapping.fresh(), row)) {
            trim(row, mapping);
            up(i, mapping, row);
        } else if (oldAbsent) {
            down(i, mapping, row);
        } else {
            trim(row, mapping);
            row.states().set(i, State.BOTH);
        }
    }

    private boolean areAtDefault(List<String> columns, ShapeRow.Draft row) {
        return columns.stream().allMatch(column -> defaults.getOrDefault(column, NULL)
                .equals(row.values().get(column)));
    }

    private void trim(ShapeRow.Draft row, ShapeMapping mapping) {
        mapping.old().stream().filter(trimmed::contains).forEach(column -> row.values()
                .compute(column, (name, value) -> trim(value)));
    }

    private static String trim(String value) {
        return value.equals(NULL) ? value : value.replaceAll("^ +| +$", "");
    }

    private void up(int i, ShapeMapping mapping, ShapeRow.Draft row) {
        List<String> sources = mapping.old().isEmpty() ? List.copyOf(mapping.inputs()) : mapping.old();
        Optional<List<String>> values = computed(mapping, row.get(sources));
        row.set(
                mapping.fresh(),
                values.orElse(Collections.nCopies(mapping.fresh().size(), NULL)));
        row.states().set(i, values.isPresent() ? State.FROM_OLD : State.FAILED);
    }

    private static Optional<List<String>> computed(ShapeMapping mapping, List<String> sources) {
        try {
            return Optional.of(mapping.up().apply(sources));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private void down(int i, ShapeMapping mapping, ShapeRow.Draft row) {
        row.states().set(i, State.FROM_NEW);
        List<String> values = mapping.down().apply(row.get(mapping.fresh()));
        row.set(mapping.old(), values);
        trim(row, mapping);
        if (!row.get(mapping.old()).equals(values)) {
            up(i, mapping, row);
        }
    }

    /** The row that an UPDATE of these columns leaves. */
    ShapeRow update(ShapeRow before, Map<String, String> sets, boolean contracted) {
        ShapeRow.Draft row = before.edit();
        sets.forEach((column, value) ->
                row.values().put(column, value.equals(DEFAULT) ? defaults.getOrDefault(column, NULL) : value));
        for (int i = 0; i < mappings.size(); i++) {
            ShapeMapping mapping = mappings.get(i);
            if (contracted) {
                follow(i, mapping, before, row);
            } else {
                update(i, mapping, before, row);
            }
        }
        return row.done();
    }

    private static boolean changed(ShapeRow before, ShapeRow.Draft row, Iterable<String> columns) {
        for (String column : columns) {
            if (!before.get(column).equals(row.values().get(column))) {
                return true;
            }
        }
        return false;
    }

    private void update(int i, ShapeMapping mapping, ShapeRow before, ShapeRow.Draft row) {
        trim(row, mapping);
        boolean oldChanged = changed(before, row, mapping.old());
        boolean inputsChanged = changed(before, row, mapping.inputs());
        State state = before.states().get(i);
        if (changed(before, row, mapping.fresh())) {
            if (oldChanged) {
                row.states().set(i, State.BOTH);
            } else {
                down(i, mapping, row);
            }
        } else if (oldChanged || (inputsChanged && (state == State.FROM_OLD || state == State.FAILED))) {
            up(i, mapping, row);
        }
    }

    private void follow(int i, ShapeMapping mapping, ShapeRow before, ShapeRow.Draft row) {
        if (changed(before, row, mapping.fresh())) {
            row.set(mapping.old(), mapping.down().apply(row.get(mapping.fresh())));
            row.states().set(i, State.FROM_NEW);
        } else if (changed(before, row, mapping.inputs())) {
            row.states().set(i, State.BOTH);
        }
    }

    /** The row once its new shape is gone and computed again from the old one. */
    ShapeRow anew(ShapeRow before) {
        ShapeRow.Draft row = before.edit();
        for (int i = 0; i < mappings.size(); i++) {
            up(i, mappings.get(i), row);
        }
        return row.done();
    }
}
