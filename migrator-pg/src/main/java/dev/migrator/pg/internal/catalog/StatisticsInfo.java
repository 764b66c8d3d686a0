package dev.migrator.pg.internal.catalog;

import dev.migrator.QualifiedName;
import java.util.Optional;
import java.util.Set;

/**
 * Extended statistics on a table.
 *
 * @param name their name
 * @param usage what stands between name and FROM in {@code pg_get_statisticsobjdef}: {@code (ndistinct) ON a, b}
 * @param columns the numbers of the columns that they use in any way
 * @param target the target for ANALYZE, where one was set
 * @param comment the comment on them
 */
public record StatisticsInfo(
        QualifiedName name, String usage, Set<Integer> columns, Optional<Integer> target, Optional<String> comment) {
    /** Copies the set. */
    public StatisticsInfo {
        columns = Set.copyOf(columns);
    }
}
