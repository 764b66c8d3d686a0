package dev.migrator.pg.internal.catalog;

import dev.migrator.Identifier;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A trigger on a table, as far as it concerns the migrator.
 *
 * @param name its name
 * @param definition {@code pg_get_triggerdef}
 * @param enabled {@code O}, {@code D}, {@code R} or {@code A}
 * @param beforeRow whether it runs before a row is inserted or updated
 * @param onUpdate whether it is for updates
 * @param eachRow whether it runs for each row, not for each statement
 * @param conditional whether it has a condition, {@code WHEN}
 * @param ofColumns the numbers of the columns named by {@code UPDATE OF}
 * @param function the function, for people
 * @param source the function's source
 * @param arguments what the function is given by {@code CREATE TRIGGER}, separated by blanks
 * @param transitionTables the names of its transition tables
 * @param comment the comment on it
 */
public record TriggerInfo(
        Identifier name,
        String definition,
        String enabled,
        boolean beforeRow,
        boolean onUpdate,
        boolean eachRow,
        boolean conditional,
        Set<Integer> ofColumns,
        String function,
        String source,
        String arguments,
        List<String> transitionTables,
        Optional<String> comment) {

    /** Copies the collections. */
    public TriggerInfo {
        ofColumns = Set.copyOf(ofColumns);
        transitionTables = List.copyOf(transitionTables);
    }
}
