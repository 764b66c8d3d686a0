package dev.migrator.pg.internal.plan;

import dev.migrator.QualifiedName;
import dev.migrator.pg.internal.catalog.Partitions;
import dev.migrator.pg.internal.catalog.TableInfo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The catalog objects on which a migration relies, one line each: the columns that it touches, what stands on them, and the
 * table's triggers, the migrator's own included. A column that somebody adds beside them is not among them.
 */
final class Fingerprint {
    private static final String HEAD = "touches ";

    private Fingerprint() {}

    private static String head(QualifiedName table) {
        return HEAD + table.quoted() + ": ";
    }

    /** Whether a line tells which columns of a table are touched. */
    static boolean isHead(String line) {
        return line.startsWith(HEAD);
    }

    /** The lines of a table. */
    static List<String> lines(TableInfo table, Set<Integer> touched) {
        String name = table.name().quoted();
        List<String> lines = new ArrayList<>();
        lines.add(head(table.name()) + touched.stream().map(String::valueOf).collect(Collectors.joining(",")));
        table.columns().stream()
                .filter(column -> touched.contains(column.number()))
                .forEach(column ->
                        lines.add("column " + name + "." + column.name().quoted() + " "
                                + column.typeAndCollation() + (column.notNull() ? " NOT NULL" : "")
                                + column.defaultValue()
                                        .map(value -> " DEFAULT " + value)
                                        .orElse("")));
        table.indexes().stream()
                .filter(index -> TableInfo.touches(index.columns(), touched))
                .forEach(index -> lines.add("index " + index.name().quoted() + " on " + name + " "
                        + (index.unique() ? "unique " : "") + index.usage() + (index.valid() ? "" : " (invalid)")));
        table.constraints().stream()
                .filter(constraint -> TableInfo.touches(constraint.columns(), touched))
                .forEach(constraint -> lines.add(
                        "constraint " + constraint.name().quoted() + " on " + name + " " + constraint.definition()));
        table.statistics().stream()
                .filter(statistics -> TableInfo.touches(statistics.columns(), touched))
                .forEach(statistics ->
                        lines.add("statistics " + statistics.name().quoted() + " " + statistics.usage()));
        table.dependents().stream()
                .filter(dependent -> touched.contains(dependent.column()))
                .forEach(dependent -> lines.add(dependent.description() + " on " + name));
        table.referencedBy().stream()
                .filter(reference -> !reference.own() && TableInfo.touches(reference.columns(), touched))
                .forEach(reference -> lines.add(reference.description() + " to " + name));
        table.obstacles().forEach(obstacle -> lines.add(obstacle.description() + " concerns " + name));
        table.publications()
                .forEach(publication -> lines.add("publication " + publication + " of all columns of " + name));
        if (table.inherits()) {
            lines.add(name + " has parents or children");
        }
        table.partitions().own().stream()
                .filter(own ->
                        !own.kind().equals(Partitions.Kind.ON_COLUMN) || TableInfo.touches(own.columns(), touched))
                .filter(own ->
                        !own.kind().equals(Partitions.Kind.NOT_NULL) || TableInfo.touches(own.columns(), touched))
                .forEach(own -> lines.add("partition of " + name + ": " + own.description()));
        if (table.forcedRowSecurity()) {
            lines.add(name + " has FORCE ROW LEVEL SECURITY");
        }
        table.triggers()
                .forEach(trigger ->
                        lines.add("trigger " + trigger.definition() + " (enabled: " + trigger.enabled() + ")"));
        return lines;
    }

    /** The columns that a fingerprint's lines say are touched. */
    static Set<Integer> touched(QualifiedName table, Collection<String> lines) {
        Set<Integer> numbers = new TreeSet<>();
        String head = head(table);
        for (String line : lines) {
            if (line.startsWith(head) && line.length() > head.length()) {
                for (String number : line.substring(head.length()).split(",", -1)) {
                    numbers.add(Integer.valueOf(number));
                }
            }
        }
        return numbers;
    }
}
