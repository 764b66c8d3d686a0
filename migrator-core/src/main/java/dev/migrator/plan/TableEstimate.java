package dev.migrator.plan;

import dev.migrator.QualifiedName;
import java.util.List;

/**
 * What preflight found about the size and surroundings of a table.
 *
 * @param table the table
 * @param rows live rows by the server's own statistics; an estimate
 * @param bytes size of the table with its indexes and TOAST
 * @param dependents what depends on the columns that change, each as one line for people
 */
public record TableEstimate(QualifiedName table, long rows, long bytes, List<String> dependents) {
    /** Copies the list. */
    public TableEstimate {
        dependents = List.copyOf(dependents);
    }
}
