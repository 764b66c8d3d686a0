package dev.migrator.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.DoubleStream;

/** All rounds, and what is made of them. Not thread-safe. */
final class Results {

    private final List<Round> rounds = new ArrayList<>();
    private final List<Target> targets = new ArrayList<>();

    /**
     * The median of each figure over the rounds.
     *
     * @param scenario the scenario
     * @param variant of the scenario
     * @param subject what was measured
     * @param figures the medians, by the figures' names
     */
    record Median(String scenario, String variant, String subject, Map<String, Double> figures) {}

    void add(Round round) {
        rounds.add(round);
    }

    void add(Target target) {
        targets.add(target);
    }

    List<Round> rounds() {
        return List.copyOf(rounds);
    }

    List<Target> targets() {
        return List.copyOf(targets);
    }

    /** The medians of a scenario, in the order in which its subjects were measured first. */
    List<Median> medians(String scenario) {
        Map<List<String>, Map<String, List<Double>>> values = new LinkedHashMap<>();
        for (Round round : rounds) {
            if (round.scenario().equals(scenario)) {
                Map<String, List<Double>> figures =
                        values.computeIfAbsent(List.of(round.variant(), round.subject()), key -> new LinkedHashMap<>());
                round.figures().forEach((name, value) -> figures.computeIfAbsent(name, key -> new ArrayList<>())
                        .add(value));
            }
        }
        List<Median> medians = new ArrayList<>();
        values.forEach((key, figures) -> {
            Map<String, Double> middle = new LinkedHashMap<>();
            figures.forEach((name, all) -> middle.put(name, median(all)));
            medians.add(new Median(scenario, key.get(0), key.get(1), middle));
        });
        return medians;
    }

    /** The median of one figure. */
    double median(String scenario, String variant, String subject, String figure) {
        return medians(scenario).stream()
                .filter(median ->
                        median.variant().equals(variant) && median.subject().equals(subject))
                .map(median -> median.figures().getOrDefault(figure, Double.NaN))
                .findFirst()
                .orElse(Double.NaN);
    }

    /** The names of all scenarios that were measured. */
    Set<String> scenarios() {
        Set<String> names = new LinkedHashSet<>();
        rounds.forEach(round -> names.add(round.scenario()));
        return names;
    }

    static double median(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1
                ? sorted[middle]
                : DoubleStream.of(sorted[middle - 1], sorted[middle]).average().orElseThrow();
    }
}
