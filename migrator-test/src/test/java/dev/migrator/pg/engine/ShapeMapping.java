package dev.migrator.pg.engine;

import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Columns of the old shape and those of the new shape that stand for them, as the test's model knows them.
 *
 * @param old the old side; empty for a column that is only added
 * @param fresh the new side
 * @param up the new side's values by those of the old side, or of {@code inputs} where there is no old side; throws if they
 *     can't be computed
 * @param down the old side's values by those of the new side
 * @param inputs columns of other mappings that {@code up} reads
 * @param twinDefaults whether both sides have a default
 */
record ShapeMapping(
        List<String> old,
        List<String> fresh,
        UnaryOperator<List<String>> up,
        UnaryOperator<List<String>> down,
        Set<String> inputs,
        boolean twinDefaults) {

    /** How the two sides of a row came about. */
    enum State {
        FROM_OLD,
        FROM_NEW,
        BOTH,
        FAILED
    }

    /** One column for one other. */
    static ShapeMapping of(
            String old, String fresh, UnaryOperator<String> up, UnaryOperator<String> down, boolean twins) {
        return new ShapeMapping(
                List.of(old),
                List.of(fresh),
                values -> List.of(up.apply(values.get(0))),
                values -> List.of(down.apply(values.get(0))),
                Set.of(),
                twins);
    }
}
