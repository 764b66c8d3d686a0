package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Old columns and the new columns that stand for them.
 *
 * @param path the operation, as a key path
 * @param old the old side; empty for a column that is only added
 * @param fresh the new side
 * @param derivable whether the new side can be computed again and compared; not if its expression is volatile
 */
record Mapping(String path, List<OldColumn> old, List<NewColumn> fresh, boolean derivable) {

    Mapping {
        old = List.copyOf(old);
        fresh = List.copyOf(fresh);
    }

    /** Columns outside of this mapping that its expressions read. */
    Set<Identifier> inputs() {
        Set<Identifier> inputs = new TreeSet<>();
        fresh.forEach(column -> inputs.addAll(column.up().columns()));
        old.forEach(column -> inputs.addAll(column.down().columns()));
        old.forEach(column -> inputs.remove(column.name()));
        fresh.forEach(column -> inputs.remove(column.name()));
        return inputs;
    }

    /** The old side's columns of a row until CONTRACT, as SQL. */
    List<String> olds(String row) {
        return old.stream().map(column -> row + column.name().quoted()).toList();
    }

    /** The new side's columns of a row until CONTRACT, as SQL. */
    List<String> news(String row) {
        return fresh.stream().map(column -> row + column.work().quoted()).toList();
    }

    /** Where the old side's values are found until CONTRACT, by the names that {@code up} uses. */
    Map<Identifier, Identifier> oldBefore() {
        return Map.of();
    }

    /** Where the new side's values are found until CONTRACT, by the names that {@code down} uses. */
    Map<Identifier, Identifier> freshBefore() {
        Map<Identifier, Identifier> places = new HashMap<>();
        fresh.forEach(column -> places.put(column.name(), column.work()));
        return places;
    }

    /** Where the old side's values are found from CONTRACT on, by the names that {@code up} uses. */
    Map<Identifier, Identifier> oldAfter() {
        Map<Identifier, Identifier> places = new HashMap<>();
        old.forEach(column -> places.put(column.name(), column.retired()));
        return places;
    }

    /**
     * Whether both sides have a default of their own until CONTRACT, which is the same for all rows of a statement. Then a side
     * that is at its default counts as not given, and an explicit NULL as given, whoever writes it.
     */
    boolean hasTwinDefaults() {
        return old.size() == 1
                && fresh.size() == 1
                && fresh.get(0).defaultBefore().isPresent();
    }

    /** Whether {@code up} is nothing but the old column itself and so can't fail. */
    boolean upCannotFail() {
        return fresh.stream().allMatch(column -> column.up().bareColumn())
                && Stream.concat(
                                        old.stream().map(column -> column.info().typeAndCollation()),
                                        fresh.stream()
                                                .map(column -> column.type().sql()))
                                .distinct()
                                .count()
                        <= 1;
    }

    /** Whether {@code down} is nothing but the new column itself and so can't fail. */
    boolean downCannotFail() {
        return old.stream().allMatch(column -> column.down().bareColumn()) && upCannotFail();
    }
}
