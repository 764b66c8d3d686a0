package dev.migrator.engine;

import java.util.List;

/**
 * What a comparison of the two shapes found.
 *
 * @param rows rows looked at
 * @param differing rows that break a rule
 * @param examples the first of them: table, key, and which rule
 */
public record CompareReport(long rows, long differing, List<String> examples) {
    /** Copies the list. */
    public CompareReport {
        examples = List.copyOf(examples);
    }
}
