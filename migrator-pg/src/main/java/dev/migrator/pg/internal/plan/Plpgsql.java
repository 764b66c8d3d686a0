package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Statements of PL/pgSQL that evaluate users' expressions. */
final class Plpgsql {
    private Plpgsql() {}

    /**
     * Assigns expressions on a row to variables or fields.
     *
     * @param alias the table's name, by which the expressions may call the row
     * @param targets where to
     * @param values the expressions
     * @param columns the columns that they read
     * @param physical where those columns are found, if not under their own names
     * @param row {@code NEW} or {@code OLD}
     */
    static String assign(
            Identifier alias,
            List<String> targets,
            List<String> values,
            Set<Identifier> columns,
            Map<Identifier, Identifier> physical,
            String row) {
        String from = columns.isEmpty()
                ? ""
                : columns.stream()
                        .sorted()
                        .map(column -> row + "."
                                + physical.getOrDefault(column, column).quoted() + " AS " + column.quoted())
                        .collect(Collectors.joining(", ", " FROM (SELECT ", ") AS " + alias.quoted()));
        return "      SELECT " + String.join(", ", values) + " INTO " + String.join(", ", targets) + from + ";";
    }

    /**
     * The same, so that a value that can't be computed never fails the application's statement. What is not about the value
     * (a deadlock, a full disk, a cancellation) still does.
     */
    static String guarded(String assignment, List<String> targets, String onFailure) {
        String nulls = targets.stream().map(target -> target + " := NULL;").collect(Collectors.joining(" "));
        return """
                      BEGIN
                %s
                      EXCEPTION WHEN OTHERS THEN
                        IF pg_catalog.left(SQLSTATE, 2) OPERATOR(pg_catalog.=) ANY ('{40,53,57,58,XX}'::pg_catalog.text[]) THEN RAISE; END IF;
                        %s %s
                      END;"""
                .formatted(assignment, nulls, onFailure);
    }
}
