package dev.migrator.pg.internal.execute;

import dev.migrator.plan.Action;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a comparison has found so far. */
final class Comparison {
    private static final int MOST_EXAMPLES = 20;

    private record Rule(long violations, List<String> examples) {}

    private final Map<String, Rule> rules = new LinkedHashMap<>();
    private long rows;

    void looked(long more) {
        rows += more;
    }

    void found(String rule, long violations, List<String> examples) {
        rules.merge(rule, new Rule(violations, first(examples)), (before, now) -> {
            List<String> all = new ArrayList<>(before.examples());
            all.addAll(now.examples());
            return new Rule(before.violations() + now.violations(), first(all));
        });
    }

    private static List<String> first(List<String> examples) {
        return List.copyOf(examples.subList(0, Math.min(MOST_EXAMPLES, examples.size())));
    }

    /** Whether a rule has as many examples as are shown. */
    boolean hasEnoughExamples(String rule) {
        return rules.containsKey(rule) && rules.get(rule).examples().size() >= MOST_EXAMPLES;
    }

    void add(Comparison other) {
        looked(other.rows);
        other.rules.forEach((name, rule) -> found(name, rule.violations(), rule.examples()));
    }

    long rows() {
        return rows;
    }

    long violations() {
        return rules.values().stream().mapToLong(Rule::violations).sum();
    }

    /** One line for each example: the row, and the rule that it breaks. */
    List<String> examples(Action.Compare compare) {
        List<String> lines = new ArrayList<>();
        rules.forEach(
                (name, rule) -> rule.examples().forEach(row -> lines.add(compare.table() + " " + row + ": " + name)));
        return lines;
    }

    /** What to do with the rows that break a rule, without the sentence's end. */
    String remedy(Action.Compare compare) {
        List<String> remedies = compare.rules().stream()
                .filter(rule -> rules.containsKey(rule.name()) && !rule.remedy().isEmpty())
                .map(Action.Violation::remedy)
                .distinct()
                .toList();
        return remedies.isEmpty()
                ? "Mend these rows, or find out what writes them past the sync triggers"
                : String.join("; ", remedies);
    }

    /** One line for each broken rule, with its first examples. */
    String report() {
        return rules.entrySet().stream()
                .map(rule -> "  " + rule.getKey() + ": " + rule.getValue().violations()
                        + (rule.getValue().violations() == 1 ? " row" : " rows") + ", the first: "
                        + String.join("; ", rule.getValue().examples()))
                .collect(Collectors.joining("\n"));
    }
}
