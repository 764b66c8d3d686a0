package dev.migrator.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Prints medians as a table of Markdown, so that it can be pasted into a page as it is. */
final class ResultsTable {

    private ResultsTable() {}

    static void print(Results results, String scenario, PrintStream out) {
        List<Results.Median> medians = results.medians(scenario);
        Set<String> figures = new LinkedHashSet<>();
        medians.forEach(median -> figures.addAll(median.figures().keySet()));
        List<List<String>> rows = new ArrayList<>();
        rows.add(row("variant", "measured", new ArrayList<>(figures)));
        rows.add(row("---", "---", figures.stream().map(figure -> "---:").toList()));
        for (Results.Median median : medians) {
            rows.add(row(
                    median.variant(),
                    median.subject(),
                    figures.stream()
                            .map(figure -> median.figures().containsKey(figure)
                                    ? Round.number(median.figures().getOrDefault(figure, Double.NaN))
                                    : "")
                            .toList()));
        }
        out.println();
        lines(rows).forEach(out::println);
        out.println();
        results.targets().stream()
                .filter(target -> target.scenario().equals(scenario))
                .forEach(out::println);
    }

    private static List<String> row(String variant, String subject, List<String> figures) {
        List<String> row = new ArrayList<>(List.of(variant, subject));
        row.addAll(figures);
        return row;
    }

    private static List<String> lines(List<List<String>> rows) {
        int[] widths = new int[rows.get(0).size()];
        rows.forEach(row -> {
            for (int column = 0; column < widths.length; column++) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        });
        return rows.stream()
                .map(row -> {
                    StringBuilder line = new StringBuilder("|");
                    for (int column = 0; column < widths.length; column++) {
                        int width = column < 2 ? -widths[column] : widths[column];
                        line.append((" %" + width + "s |").formatted(row.get(column)));
                    }
                    return line.toString();
                })
                .toList();
    }
}
