package dev.migrator.bench;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What one measurement gave.
 *
 * @param scenario the scenario
 * @param variant of the scenario, e.g. the table's layout
 * @param subject what was measured, e.g. a way to fill
 * @param round which round, from 1
 * @param figures the numbers, each by its name with its unit; in the order of the table's columns
 */
record Round(String scenario, String variant, String subject, int round, Map<String, Double> figures) {

    @Override
    public String toString() {
        return "round %d, %s, %s: %s"
                .formatted(
                        round,
                        variant,
                        subject,
                        figures.entrySet().stream()
                                .map(figure -> figure.getKey() + " " + number(figure.getValue()))
                                .collect(Collectors.joining(", ")));
    }

    /** A figure for people: three digits, or all those before the point. */
    static String number(double value) {
        double size = Math.abs(value);
        String format =
                size >= 100 || value == Math.rint(value) ? "%,.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f";
        return String.format(Locale.ROOT, format, value);
    }
}
