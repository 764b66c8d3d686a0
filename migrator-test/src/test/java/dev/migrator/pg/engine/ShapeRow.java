package dev.migrator.pg.engine;

import dev.migrator.pg.engine.ShapeMapping.State;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A row as it is expected: the text of every column of both shapes, and how each mapping's two sides came about.
 *
 * @param values the columns' text, NULL as {@link ShapeModel#NULL}
 * @param states a state a mapping
 */
record ShapeRow(Map<String, String> values, List<State> states) {
    ShapeRow {
        values = Map.copyOf(values);
        states = List.copyOf(states);
    }

    String get(String column) {
        return values.getOrDefault(column, ShapeModel.NULL);
    }

    int id() {
        return Integer.parseInt(get("id"));
    }

    Draft edit() {
        return new Draft(new HashMap<>(values), new ArrayList<>(states));
    }

    /**
     * A row in the making.
     *
     * @param values its columns so far
     * @param states its states so far
     */
    record Draft(Map<String, String> values, List<State> states) {
        List<String> get(List<String> columns) {
            return columns.stream().map(values::get).toList();
        }

        void set(List<String> columns, List<String> texts) {
            for (int i = 0; i < columns.size(); i++) {
                values.put(columns.get(i), texts.get(i));
            }
        }

        ShapeRow done() {
            return new ShapeRow(values, states);
        }
    }
}
