package dev.migrator.test;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a {@link Rehearsal} has found.
 *
 * @param migration the migration
 * @param rows how many rows were made, by table
 * @param problems what is wrong; empty if nothing is
 * @param notes what is good to know: where there is no way back, what the new release's writes lose on it, and which tables got fewer
 *     rows than asked for
 */
public record RehearsalReport(String migration, Map<String, Integer> rows, List<String> problems, List<String> notes) {

    /** Copies the collections. */
    public RehearsalReport {
        rows = Collections.unmodifiableMap(new LinkedHashMap<>(rows));
        problems = List.copyOf(problems);
        notes = List.copyOf(notes);
    }

    /** Whether nothing is wrong. */
    public boolean isGood() {
        return problems.isEmpty();
    }

    @Override
    public String toString() {
        StringBuilder text =
                new StringBuilder(migration + (isGood() ? ": good" : ": " + problems.size() + " problems"));
        text.append(", with made-up rows ").append(rows);
        problems.forEach(problem -> text.append("\n  ").append(problem.replace("\n", "\n  ")));
        notes.forEach(note -> text.append("\n  note: ").append(note.replace("\n", "\n  ")));
        return text.toString();
    }
}
